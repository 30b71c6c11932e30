// Everybody's marks painted on the text they speak of, each voice in its colour; the settled ones above them.
import { enhance } from "../enhance.js";
import { Painting } from "./painting.js";
import { Source } from "./source.js";
import { Steps } from "./steps.js";

const VOICES = ["1", "2", "3", "4", "5", "6", "settled"];

enhance("[data-adjudication]", (root) => {
  const text = JSON.parse(document.getElementById("trace-text").textContent);
  const painting = new Painting(new Steps(root.querySelector(".trace"), new Source(text)));
  const paint = () => {
    for (const voice of VOICES) {
      const marks = [...root.querySelectorAll(`[data-voice="${voice}"]`)];
      painting.paint(`voice-${voice}`, marks.map(({ dataset }) => [Number(dataset.markStart), Number(dataset.markEnd)]));
    }
  };
  paint();
  // A mark taken or dropped brings its side anew, without the button that was pressed: Tab goes on from its step.
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    paint();
    if (document.activeElement !== document.body) return;
    document.getElementById(detail.target.id)?.closest(".step")?.querySelector(".step-number").focus({ preventScroll: true });
  });
});
