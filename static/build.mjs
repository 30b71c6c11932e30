// Bundles static/ and the npm packages it uses into dist/, which Django serves as static files.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "dist");
const watch = process.argv.includes("--watch");

// Every browser that knows light-dark() reads woff2; the older font formats KaTeX and Fontsource list are dropped.
const woff2Only = {
  name: "woff2-only",
  setup(build) {
    build.onResolve({ filter: /\.(woff|ttf)$/ }, (args) => ({ path: args.path, external: true }));
    build.onEnd((result) => {
      for (const file of result.outputFiles ?? []) {
        if (!file.path.endsWith(".css")) continue;
        const css = file.text.replace(/,\s*url\([^)]*\.(woff|ttf)\)\s*format\(["']?(woff|truetype)["']?\)/g, "");
        file.contents = new TextEncoder().encode(css);
      }
    });
  },
};

const writeOutput = {
  name: "write-output",
  setup(build) {
    build.onEnd(async (result) => {
      for (const file of result.outputFiles ?? []) {
        await mkdir(dirname(file.path), { recursive: true });
        await writeFile(file.path, file.contents);
      }
    });
  },
};

const options = {
  entryPoints: {
    app: join(here, "js/app.js"),
    theme: join(here, "js/theme.js"),
    editor: join(here, "js/editor.js"),
    desk: join(here, "js/desk/desk.js"),
    charts: join(here, "js/charts/charts.js"),
    "katex-check": join(here, "js/katex_check.js"),
    style: join(here, "css/style.css"),
    favicon: join(here, "favicon.svg"),
  },
  outdir: dist,
  bundle: true,
  format: "iife",
  minify: !watch,
  target: ["chrome123", "firefox120", "safari17.5"],
  loader: { ".woff2": "file", ".svg": "copy" },
  assetNames: "fonts/[name]",
  legalComments: "linked",
  logLevel: "info",
  write: false,
  plugins: [woff2Only, writeOutput],
};

await rm(dist, { recursive: true, force: true });
if (watch) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
