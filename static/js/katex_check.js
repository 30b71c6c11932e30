// The server's entry: formulas in, the reason each does not set (or null) out. Runs in a bare V8 without a DOM.
import { reasonOf, setFormula } from "./formula.js";

globalThis.checkFormulas = (formulas) =>
  formulas.map(([source, display]) => {
    try {
      setFormula(source, display);
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  });
