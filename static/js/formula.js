// One way to set a formula, shared by the page, the live preview and the server's check: same KaTeX, macros and bounds.
import katex from "katex";
import texts from "../katex-macros.json";
import { LARGEST_EM, lengthFault } from "./lengths.js";

// Macros with optional arguments or nested delimiters cannot be written as strings.
const CLOSING = { "(": ")", "[": "]" };

function bracketed(context) {
  context.consumeSpaces();
  if (context.future().text !== "[") return "";
  context.popToken();
  return asText(context.consumeArg(["]"]).tokens);
}

// KaTeX keeps the tokens of an argument in reverse order.
function asText(tokens) {
  return [...tokens].reverse().map((token) => (/^\\[a-zA-Z]+$/.test(token.text) ? `${token.text} ` : token.text)).join("");
}

function argument(context) {
  return asText(context.consumeArg().tokens);
}

function hasArgument(context) {
  context.consumeSpaces();
  return context.future().text === "{";
}

function differential(symbol) {
  return (context) => {
    const order = bracketed(context);
    const power = order ? `^{${order}}` : "";
    return hasArgument(context) ? `{${symbol}${power}{${argument(context)}}}` : `{${symbol}${power}}`;
  };
}

function derivative(symbol) {
  return (context) => {
    const order = bracketed(context);
    const power = order ? `^{${order}}` : "";
    const first = argument(context);
    if (!hasArgument(context)) return `\\frac{${symbol}${power}}{${symbol}{${first}}${power}}`;
    return `\\frac{${symbol}${power}{${first}}}{${symbol}{${argument(context)}}${power}}`;
  };
}

// \qty(…), \qty[…], \qty{…} of the physics package: delimiters that grow, nested ones balanced.
function quantity(context) {
  context.consumeSpaces();
  const open = context.future().text;
  if (!(open in CLOSING)) return `\\left\\{${argument(context)}\\right\\}`;
  context.popToken();
  const inside = [];
  for (let depth = 1; depth > 0; ) {
    const token = context.popToken();
    if (token.text === "EOF") throw new katex.ParseError(`\\qty${open} has no closing ${CLOSING[open]}`);
    if (token.text === open) depth += 1;
    if (token.text === CLOSING[open]) depth -= 1;
    if (depth > 0) inside.push(token);
  }
  return `\\left${open}${asText(inside.reverse())}\\right${CLOSING[open]}`;
}

// A formula that defines macros could grow without bound and stop the page; the site's macros are in one file.
const DEFINITION = /\\(?:[gex]?def|let|futurelet|(?:new|renew|provide)command|global|long)(?![a-zA-Z@])/;

const MACROS = {
  ...texts,
  "\\dd": differential("\\mathrm{d}"),
  "\\dv": derivative("\\mathrm{d}"),
  "\\pdv": derivative("\\partial"),
  "\\fdv": derivative("\\delta"),
  "\\qty": quantity,
};

// A matrix of so many signs takes a browser two seconds; a page may hold several.
export const MAX_SOURCE = 5000;

// The markup of a formula, or an Error whose message is fit to show.
export function setFormula(source, display) {
  if (source.length > MAX_SOURCE) throw new Error(`The formula is longer than ${MAX_SOURCE} characters.`);
  const definition = source.match(DEFINITION);
  if (definition) throw new Error(`${definition[0]} is not permitted here; write the formula out.`);
  let refused = "";
  const options = () => ({
    displayMode: display,
    throwOnError: true,
    strict: "ignore",
    trust: ({ command }) => {
      refused = command;
      return false;
    },
    maxExpand: 1000,
    maxSize: LARGEST_EM,
    macros: { ...MACROS },
  });
  const fault = lengthFault(katex.__parse(source, options()));
  if (fault) throw new Error(fault);
  const html = katex.renderToString(source, options());
  if (refused) throw new Error(`${refused} is not permitted here.`);
  return html;
}

// What to tell a person: KaTeX's reason without its prefix and its underlined excerpt.
export function reasonOf(error) {
  if (error instanceof RangeError) return "The formula is nested too deeply.";
  const text = error.rawMessage ?? error.message ?? String(error);
  return text.replace(/^KaTeX parse error: /, "");
}
