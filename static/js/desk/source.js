// The text of the trace as the server counts it: by characters of Unicode, of which JavaScript counts some as two.
export class Source {
  constructor(text) {
    this.text = text;
    this.units = /[\ud800-\udfff]/.test(text) ? beginnings(text) : null;
  }

  // The place in a JavaScript string of a character, and back.
  unit(character) {
    return this.units ? this.units[character] : character;
  }

  character(unit) {
    if (!this.units) return unit;
    let low = 0;
    let high = this.units.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.units[middle] < unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

function beginnings(text) {
  const units = [];
  let at = 0;
  for (const character of text) {
    units.push(at);
    at += character.length;
  }
  return Uint32Array.from([...units, at]);
}
