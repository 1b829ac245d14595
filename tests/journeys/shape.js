// What axe judges of a page without its words, part by part: pages of the same parts are sound or unsound together, in whatever language and width.
// First what it judges of the page as a whole: its regions, its headings, what refers from one part to another; then each part, in its place.
//
// Of a word or an address counts that there is one; of identifiers, who refers to whom; of the names of regions, which are alike. What depends on
// the room that words take is told: what is shown, in which colours, whether its text is large, whether it scrolls, and where a target lies that is
// small and too near to another. How blocks are laid out is not: whether one is a row or a cell, no rule asks.
(parts) => {
  const REGIONS = "header, nav, main, aside, footer, form, section, [role]";
  const TARGETS = "a[href], button, input, select, textarea, summary, [tabindex='0']", SMALL = 24;
  const WORD = /^(title|alt|placeholder|value|name|href|src|datetime|aria-label)$/;
  const REFERENCE = /^(id|for|headers|list|aria-(labelledby|describedby|controls|owns|details|errormessage))$/;
  const NO_MATTER = /^(data-.*|hx-.*|nonce|style|action|media|points|d|[xy][12]?|c[xy]|r|width|height|viewBox|transform)$/;

  const places = () => {
    const met = new Map();
    return (word) => met.get(word) ?? (met.set(word, met.size), met.size - 1);
  };

  const hasOwnWords = (block) => {
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode()); ) {
      const link = text.data.trim() && text.parentElement.closest("a, button");
      if (link === null || (link && link.contains(block))) return true;
    }
    return false;
  };
  const blocks = new Map();
  const isInText = (one) => {
    if (getComputedStyle(one).display !== "inline") return false;
    let block = one.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    if (!blocks.has(block)) blocks.set(block, hasOwnWords(block));
    return blocks.get(block);
  };
  const targets = [...document.querySelectorAll(TARGETS)].filter((one) => one.checkVisibility());
  const boxes = new Map(targets.map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width));
  const hasTarget = (one) => one.matches(TARGETS) || one.querySelector(TARGETS) !== null;
  const isSmall = (box) => box.width < SMALL || box.height < SMALL;
  const isNear = (box, other) => {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const away = Math.hypot(Math.max(other.left - x, 0, x - other.right), Math.max(other.top - y, 0, y - other.bottom));
    const apart = Math.hypot(x - other.x - other.width / 2, y - other.y - other.height / 2);
    return away < SMALL / 2 || (isSmall(other) && apart < SMALL);
  };
  const isTight = (one, box) =>
    isSmall(box) && [...boxes].some(([other, itsBox]) => !one.contains(other) && !other.contains(one) && isNear(box, itsBox)) && !isInText(one);

  const shown = (display) => (/^(none|contents|inline)/.test(display) ? display : "block");
  const drawn = (one) => {
    const style = getComputedStyle(one), size = parseFloat(style.fontSize), box = boxes.get(one);
    const isLarge = size >= 24 || (size > 18.6 && style.fontWeight >= 700);
    const scrolls = /auto|scroll/.test(style.overflow) && (one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight);
    const told = [shown(style.display), style.visibility, style.opacity, style.color, style.backgroundColor, isLarge ? "large" : "small", scrolls];
    return box && isTight(one, box) ? [...told, box.x, box.y, box.width, box.height] : told;
  };

  const hasWords = (one) => one?.textContent.trim() ? "words" : "none";
  // What an element is in: its ground, what is said of it there, whether it is to be heard.
  const outside = (one) => {
    const { backgroundColor, backgroundImage, opacity } = getComputedStyle(one);
    const said = ["role", "aria-hidden", "inert", "lang"].map((name) => (name === "lang" ? one.hasAttribute(name) : one.getAttribute(name)));
    return `${one.localName} ${said} ${backgroundColor} ${backgroundImage} ${opacity}`;
  };
  const around = new Map([[null, ""]]);
  const place = (one) => {
    if (!around.has(one)) around.set(one, `${place(one.parentElement)}/${outside(one)}`);
    return around.get(one);
  };

  const shape = (part) => {
    const nth = places();
    const refer = (id) => {
      const to = document.getElementById(id);
      return !to || part.contains(to) ? nth(id) : `${to.localName} ${hasWords(to)}`;
    };
    const given = ({ name, value }) => {
      if (NO_MATTER.test(name)) return "";
      if (WORD.test(name)) return `${name}${value.trim() ? "" : "="}`;
      return `${name}=${REFERENCE.test(name) ? value.split(/\s+/).map(refer).join(" ") : value}`;
    };
    const isWords = (node) =>
      (node.nodeType === Node.TEXT_NODE && node.data.trim()) ||
      (node.matches?.(".rk-untranslated") && !node.querySelector(TARGETS) && getComputedStyle(node).color === getComputedStyle(node.parentElement).color);
    const told = (one) => {
      const attributes = [...one.attributes].map(given).filter(Boolean).sort();
      const inside = [...one.children].filter((child) => !isWords(child));
      const words = [...one.childNodes].some(isWords) ? "words" : "";
      const labels = [...(one.labels ?? [])].map(hasWords);
      return `<${one.localName} ${attributes.join(" ")} ${labels} ${drawn(one)}>${words}${inside.map(within).join("")}</>`;
    };
    // Of a part in this part counts that it is there.
    const within = (one) => (one.matches(parts) ? `<${one.localName} ${one.role} ${hasTarget(one)}/>` : told(one));
    return `${part.checkVisibility()} ${place(part.parentElement)} ${told(part)}`;
  };

  const nth = places();
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6, [role=heading]")].filter((one) => one.checkVisibility());
  const levels = headings.map((one) => one.ariaLevel ?? one.localName);
  const keys = [...document.querySelectorAll("[accesskey]")].map((one) => one.accessKey);
  const region = (one) => {
    const named = (one.getAttribute("aria-labelledby") ?? "").split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "");
    return `${one.localName} ${one.getAttribute("role")} ${nth((one.getAttribute("aria-label") ?? named.join(" ")).trim())}`;
  };
  const whole = [[...document.querySelectorAll(REGIONS)].map(region), levels, keys];
  return [whole.join(";"), ...[...document.querySelectorAll(parts)].map(shape)];
}
