// A step on the page and its source: which text of the page stands for which characters. A formula is one piece; of
// words, the page leaves out marks such as ** and blank lines, but never changes or moves a character.
export class Step {
  #pieces = null;

  constructor(element, source, number) {
    this.element = element;
    this.source = source;
    this.number = number;
    this.start = Number(element.dataset.start);
    this.end = Number(element.dataset.end);
    this.body = element.querySelector(".step-text");
  }

  // Pieces by offsets of JavaScript's string: { element } of a formula or code, or { node, places } of words.
  get pieces() {
    this.#pieces ??= align(this.body, this.source, this.source.unit(this.start), this.source.unit(this.end));
    return this.#pieces;
  }

  // What a reader goes through one by one: words and formulas, as [start, end] in characters.
  get words() {
    const found = [];
    for (const piece of this.pieces) {
      if (piece.element) found.push([piece.start, piece.end]);
      else for (const word of piece.node.data.matchAll(/\S+/g)) {
        found.push([piece.places[word.index], piece.places[word.index + word[0].length - 1] + 1]);
      }
    }
    return found.map(([start, end]) => this.#characters(start, end));
  }

  #characters(start, end) {
    return [this.source.character(start), this.source.character(end)];
  }

  // The characters that a range of the page covers within this step, formulas whole; nothing where it covers none.
  covered(range) {
    let start = Infinity;
    let end = -1;
    for (const piece of this.pieces) {
      const part = piece.element ? formulaIn(range, piece) : wordsIn(range, piece);
      if (!part) continue;
      start = Math.min(start, part[0]);
      end = Math.max(end, part[1]);
    }
    return end < 0 ? null : this.#characters(start, end);
  }

  // Where characters stand on the page: ranges of words, and elements of formulas.
  shown(from, to) {
    const [start, end] = [this.source.unit(from), this.source.unit(to)];
    const found = { ranges: [], elements: [] };
    for (const piece of this.pieces) {
      if (piece.element) {
        if (piece.start < end && piece.end > start) found.elements.push(piece.element);
        continue;
      }
      const first = piece.places.findIndex((place) => place >= start);
      const last = piece.places.findLastIndex((place) => place < end);
      if (first < 0 || last < first) continue;
      const range = document.createRange();
      range.setStart(piece.node, first);
      range.setEnd(piece.node, last + 1);
      found.ranges.push(range);
    }
    return found;
  }
}

export const FORMULA = ".math[data-start], code[data-start]";
const CODE = "pre[data-start]";

// Formulas, fenced code and texts in the order of the page.
function* leaves(element) {
  for (const node of element.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) yield node;
    else if (node.matches(`${FORMULA}, ${CODE}`)) yield node;
    else yield* leaves(node);
  }
}

function align(body, source, start, end) {
  const nodes = [...leaves(body)];
  const pieces = [];
  let at = start;
  for (const [index, node] of nodes.entries()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const next = nodes.slice(index + 1).find((later) => later.nodeType === Node.ELEMENT_NODE);
      const places = matched(node.data, source.text, at, next ? unitsOf(next, source)[0] : end);
      pieces.push({ node, places });
      at = places.length ? places.at(-1) + 1 : at;
      continue;
    }
    const [first, last] = unitsOf(node, source);
    const text = node.matches(CODE) ? node.querySelector("code").firstChild : null;
    // The first line of fenced code says its language and is not shown.
    if (text) pieces.push({ node: text, places: matched(text.data, source.text, source.text.indexOf("\n", first) + 1, last) });
    else pieces.push({ element: node, start: first, end: last });
    at = last;
  }
  return pieces;
}

const unitsOf = ({ dataset }, source) => [source.unit(Number(dataset.start)), source.unit(Number(dataset.end))];

// Where each character of a text of the page stands in the source, which may have more between them.
function matched(shown, text, start, limit) {
  const places = new Uint32Array(shown.length);
  let at = start;
  for (let index = 0; index < shown.length; index += 1) {
    let found = at;
    while (found < limit && !isSame(text, found, shown[index])) found += 1;
    if (found < limit) at = found;
    places[index] = Math.min(at, text.length - 1);
    if (found < limit) at += 1;
  }
  return places;
}

// A browser shows every line end as a line feed.
const isSame = (text, at, shown) => text[at] === shown || (shown === "\n" && text[at] === "\r" && text[at + 1] !== "\n");

function formulaIn(range, { element, start, end }) {
  if (!range.intersectsNode(element)) return null;
  const inside = document.createRange();
  inside.selectNodeContents(element);
  if (inside.compareBoundaryPoints(Range.START_TO_START, range) < 0) inside.setStart(range.startContainer, range.startOffset);
  if (inside.compareBoundaryPoints(Range.END_TO_END, range) > 0) inside.setEnd(range.endContainer, range.endOffset);
  return inside.toString() ? [start, end] : null;
}

function wordsIn(range, { node, places }) {
  if (!range.intersectsNode(node)) return null;
  const first = node === range.startContainer ? range.startOffset : 0;
  const last = node === range.endContainer ? range.endOffset : node.length;
  return first < last ? [places[first], places[last - 1] + 1] : null;
}
