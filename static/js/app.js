// Everything a page without an editor needs: htmx and our own small enhancements.
import "./htmx.js";
import "./csrf.js";
import "./keys.js";
import "./menus.js";
import "./messages.js";
import "./math.js";
import "./tabs.js";
import "./split.js";
import "./formset.js";
import "./autosave.js";
import "./unsent.js";
import "./filterable.js";
import "./upload.js";
