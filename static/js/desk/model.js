// What somebody has said of a trace so far, with every change of it: marks, verdict, comment. Knows no page.
const TEXTS = ["claim", "correction", "note"];

export class Model extends EventTarget {
  #before = [];
  #after = [];
  #tag = null;
  #keys = 0;

  constructor(state) {
    super();
    this.now = this.#read(state);
    this.selected = null;
  }

  #read({ verdict, comment, marks }) {
    return { verdict, comment, marks: this.#sorted(marks.map((mark) => ({ ...mark, key: (this.#keys += 1) }))) };
  }

  #sorted(marks) {
    return [...marks].sort((a, b) => a.start - b.start || a.end - b.end || a.key - b.key);
  }

  // Equal for two states that say the same; this is also what is sent.
  get said() {
    return { ...this.now, marks: this.now.marks.map(({ key, ...mark }) => mark) };
  }

  get mark() {
    return this.now.marks.find((mark) => mark.key === this.selected) ?? null;
  }

  // A change that goes on with the one before it, such as the next letter of a text, is undone together with it.
  #change(next, tag = null) {
    if (!tag || tag !== this.#tag) this.#before.push(this.now);
    this.#tag = tag;
    this.#after = [];
    this.now = next;
    this.#tell("change");
  }

  #tell(name) {
    if (!this.mark) this.selected = null;
    this.dispatchEvent(new Event(name));
  }

  select(key) {
    this.#tag = null;
    this.selected = key;
    this.#tell("select");
  }

  setVerdict(verdict) {
    if (verdict !== this.now.verdict) this.#change({ ...this.now, verdict });
  }

  setComment(comment) {
    if (comment !== this.now.comment) this.#change({ ...this.now, comment }, "comment");
  }

  add(said) {
    const mark = { severity: "major", propagates: false, correction: "", note: "", ...said, key: (this.#keys += 1) };
    this.selected = mark.key;
    this.#change({ ...this.now, marks: this.#sorted([...this.now.marks, mark]) });
  }

  edit(key, fields) {
    const [name] = Object.keys(fields);
    const marks = this.now.marks.map((mark) => (mark.key === key ? { ...mark, ...fields } : mark));
    this.#change({ ...this.now, marks }, TEXTS.includes(name) ? `${key} ${name}` : null);
  }

  remove(key) {
    this.#change({ ...this.now, marks: this.now.marks.filter((mark) => mark.key !== key) });
  }

  // Another state in place of this one, as after a conflict; it can be undone like any change.
  replace(state) {
    this.#change(this.#read(state));
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  get canRedo() {
    return this.#after.length > 0;
  }

  undo() {
    this.#move(this.#before, this.#after);
  }

  redo() {
    this.#move(this.#after, this.#before);
  }

  #move(from, to) {
    if (!from.length) return;
    to.push(this.now);
    this.now = from.pop();
    this.#tag = null;
    this.#tell("change");
  }
}

// Whether two states say the same.
export function same(one, other) {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

function ordered({ verdict, comment, marks }) {
  const rows = marks.map((mark) => [
    mark.start, mark.end, mark.category_id, mark.severity, mark.propagates, mark.claim, mark.correction, mark.note,
  ]);
  return [verdict, comment, rows.map((row) => JSON.stringify(row)).sort()];
}
