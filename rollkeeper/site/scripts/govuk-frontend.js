// SPDX-License-Identifier: EUPL-1.2
// The three components of GOV.UK Frontend that have a behaviour on these pages: the whole package weighs three times as much.
import { Button, ErrorSummary, NotificationBanner, createAll } from "govuk-frontend";

export function initAll({ scope = document } = {}) {
  // A page that asks for a password as well has two lists of errors: the reader begins with the first. What is hidden is none.
  const [, ...later] = scope.querySelectorAll(".govuk-error-summary:not([hidden])");
  for (const one of later) one.dataset.disableAutoFocus = "true";
  for (const component of [Button, ErrorSummary, NotificationBanner]) {
    createAll(component, undefined, scope);
    // A list of errors that a script fetched is the scope itself.
    if (scope.dataset?.module === component.moduleName) new component(scope);
  }
}
