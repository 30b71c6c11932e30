// Seconds for which somebody had the trace in view: a window that is hidden, or that nobody touches, does not count.
const IDLE_MS = 120_000;

export class Clock {
  constructor(seconds) {
    this.seconds = seconds;
    this.touched = performance.now();
    for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "scroll"]) {
      addEventListener(name, () => { this.touched = performance.now(); }, { passive: true });
    }
    setInterval(() => {
      if (!document.hidden && performance.now() - this.touched < IDLE_MS) this.seconds += 1;
    }, 1000);
  }
}
