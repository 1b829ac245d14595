// What axe judges of a page without its words, part by part: pages of the same parts are sound or unsound together, in whatever language and width.
//
// Of a word or an address counts that there is one; of identifiers, who refers to whom; of the names of regions, which are alike. What depends on
// the room that words take is told: what is shown, in which colours, whether its text is large, whether it scrolls, and where a target lies that is
// small and too near to another.
() => {
  const PARTS = "head, body, body > *, .rk-languages", REGIONS = "header, nav, main, aside, footer, form, section, [role]";
  const TARGETS = "a[href], button, input, select, textarea, summary, [tabindex='0']", SMALL = 24;
  const WORD = /^(title|alt|placeholder|value|name|href|src|datetime|aria-label)$/;
  const REFERENCE = /^(id|for|headers|list|aria-(labelledby|describedby|controls|owns|details|errormessage))$/;
  const NO_MATTER = /^(data-.*|hx-.*|nonce|style|action|media|points|d|[xy][12]?|c[xy]|r|width|height|viewBox|transform)$/;

  const places = () => {
    const met = new Map();
    return (word) => met.get(word) ?? (met.set(word, met.size), met.size - 1);
  };

  const isInText = (one) => {
    if (getComputedStyle(one).display !== "inline") return false;
    let block = one.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    block = block.cloneNode(true);
    block.querySelectorAll("a, button").forEach((link) => link.remove());
    return block.textContent.trim() !== "";
  };
  const targets = [...document.querySelectorAll(TARGETS)].filter((one) => one.checkVisibility());
  const boxes = new Map(targets.map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width));
  const isSmall = (box) => box.width < SMALL || box.height < SMALL;
  const isNear = (box, other) => {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const away = Math.hypot(Math.max(other.left - x, 0, x - other.right), Math.max(other.top - y, 0, y - other.bottom));
    const apart = Math.hypot(x - other.x - other.width / 2, y - other.y - other.height / 2);
    return away < SMALL / 2 || (isSmall(other) && apart < SMALL);
  };
  const isTight = (one, box) =>
    isSmall(box) && [...boxes].some(([other, itsBox]) => !one.contains(other) && !other.contains(one) && isNear(box, itsBox)) && !isInText(one);

  const drawn = (one) => {
    const style = getComputedStyle(one), size = parseFloat(style.fontSize), box = boxes.get(one);
    const isLarge = size >= 24 || (size > 18.6 && style.fontWeight >= 700);
    const scrolls = /auto|scroll/.test(style.overflow) && (one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight);
    const told = [style.display, style.visibility, style.opacity, style.color, style.backgroundColor, isLarge, scrolls];
    return box && isTight(one, box) ? [...told, box.x, box.y, box.width, box.height] : told;
  };

  const shape = (part) => {
    const nth = places();
    const given = ({ name, value }) => {
      if (NO_MATTER.test(name)) return "";
      if (WORD.test(name)) return `${name}${value.trim() ? "" : "="}`;
      return `${name}=${REFERENCE.test(name) ? value.split(/\s+/).map(nth).join(" ") : value}`;
    };
    const isWords = (node) =>
      (node.nodeType === Node.TEXT_NODE && node.data.trim()) ||
      (node.matches?.(".rk-untranslated") && !node.querySelector(TARGETS) && getComputedStyle(node).color === getComputedStyle(node.parentElement).color);
    const told = (one) => {
      const attributes = [...one.attributes].map(given).filter(Boolean).sort();
      const inside = [...one.children].filter((child) => !child.matches(PARTS) && !isWords(child));
      const words = [...one.childNodes].some(isWords) ? "words" : "";
      return `<${one.localName} ${attributes.join(" ")} ${drawn(one)}>${words}${inside.map(told).join("")}</>`;
    };
    return told(part);
  };

  const nth = places();
  const region = (one) => {
    const named = (one.getAttribute("aria-labelledby") ?? "").split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "");
    return `${one.localName} ${one.getAttribute("role")} ${nth((one.getAttribute("aria-label") ?? named.join(" ")).trim())}`;
  };
  return [[...document.querySelectorAll(REGIONS)].map(region).join(), ...[...document.querySelectorAll(PARTS)].map(shape)];
}
