// Two tabs, or two machines, have said different things of one trace: both are shown, and the person chooses.
const VERDICTS = { sound: "Sound", flawed: "Flawed", bad_item: "Bad item", unsure: "Unsure", "": "No verdict" };

export function chooseAfterConflict(root, { model, steps, list, saving, reason, theirs }) {
  const region = root.querySelector("[data-conflict]");
  const choice = document.getElementById("conflict-choice").content.firstElementChild.cloneNode(true);
  choice.querySelector("[data-reason]").textContent = reason;
  for (const part of choice.querySelectorAll("[data-both]")) part.hidden = !theirs;
  choice.querySelector("[data-stands]").hidden = Boolean(theirs);
  if (theirs) {
    choice.querySelector("[data-mine]").append(...lines(model.now));
    choice.querySelector("[data-theirs]").append(...lines(theirs));
  }
  const settle = (act) => () => {
    region.replaceChildren();
    act();
  };
  choice.querySelector("[data-keep-mine]").addEventListener("click", settle(() => saving.keepMine()));
  choice.querySelector("[data-take-theirs]").addEventListener("click", settle(() => saving.takeTheirs(theirs)));
  region.replaceChildren(choice);
  region.focus();

  function lines({ verdict, comment, marks }) {
    const said = marks.map((mark) => {
      const words = [`Step ${steps.at(mark.start).number}: ${list.nameOf(mark)}`, mark.severity, mark.propagates && "propagates", mark.correction, mark.note];
      return words.filter(Boolean).join(", ");
    });
    return [VERDICTS[verdict], ...said, comment].filter(Boolean).map((text) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    });
  }
}
