// The lengths that a formula states, such as \raisebox{3em}: bounded, or it could be as tall or as wide as it liked.
// KaTeX's own maxSize knows no bound below zero, and none to a sum.
const POINTS_IN_AN_EM = 10;
const POINTS = {
  pt: 1, mm: 7227 / 2540, cm: 7227 / 254, in: 72.27, bp: 803 / 800, px: 803 / 800, pc: 12, sp: 1 / 65536,
  dd: 1238 / 1157, cc: 14856 / 1157, nd: 685 / 642, nc: 1370 / 107,
};
const EMS = { em: 1, ex: 0.431, mu: 1 / 18 };
export const LARGEST_EM = 30;
const LARGEST_SUM_EM = 200;

const inEms = ({ number, unit }) => Math.abs(number) * (EMS[unit] ?? POINTS[unit] / POINTS_IN_AN_EM);

function* lengthsIn(node) {
  if (!node || typeof node !== "object") return;
  if (typeof node.number === "number" && typeof node.unit === "string") yield node;
  else for (const [key, part] of Object.entries(node)) if (key !== "loc") yield* lengthsIn(part);
}

// What is wrong with the lengths of a parsed formula, "" if nothing.
export function lengthFault(tree) {
  let sum = 0;
  for (const length of lengthsIn(tree)) {
    const ems = inEms(length);
    if (!(ems <= LARGEST_EM)) return `The length ${length.number}${length.unit} is too large; at most ${LARGEST_EM}em are set.`;
    sum += ems;
  }
  return sum > LARGEST_SUM_EM ? `The lengths of this formula add up to more than ${LARGEST_SUM_EM}em.` : "";
}
