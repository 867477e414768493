// Runs a Python program in Pyodide under Node, from the wheel, as a browser has it:
//
//     node tests/platforms/pyodide_node.mjs WHEEL PROGRAM.py [ARGUMENT ...]
//
// It needs npm alone: `make javascript` installs Pyodide. The program finds this repository in /project,
// read and written through Node, and may await. Nothing else is installed, unless PYODIDE_ALSO names folders
// in which pip has put wheels of plain Python (separated as PATH is).

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { loadPyodide } = await import("../javascript/node_modules/pyodide/pyodide.mjs").catch(() => {
  console.error("NOT FOUND: the npm package pyodide, which `make javascript` installs");
  process.exit(77);
});
const [wheel, program, ...given] = process.argv.slice(2);

const pyodide = await loadPyodide();
// Pyodide knows typed arrays, and not Node's Buffer.
pyodide.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
pyodide.mountNodeFS("/project", root);
for (const [number, folder] of (process.env.PYODIDE_ALSO ?? "").split(delimiter).entries()) {
  if (folder) {
    pyodide.mountNodeFS(`/also/${number}`, resolve(folder));
    pyodide.runPython(`import sys; sys.path.append("/also/${number}")`);
  }
}
pyodide.globals.set("given", pyodide.toPy([program, ...given]));
pyodide.runPython(`
import sys
sys.argv = list(given)
sys.path.insert(0, "/project/tests/platforms")
del given
`);
// The name of another interpreter of this machine, and the seconds of an exchange on it, for row.py:
// Pyodide starts no processes.
globalThis.exchangeOn = (interpreter) => {
  const serving = [resolve(root, "tests/platforms/row.py"), "--serve"];
  const { stdout } = spawnSync(interpreter, serving, { input: "\n".repeat(5), encoding: "utf8" });
  const lines = stdout.trimEnd().split("\n");
  return [lines[0], Number(lines.at(-1))];
};
try {
  // The program's own names, as a script has them.
  const globals = pyodide.toPy({ __name__: "__main__", __file__: `/project/${program}` });
  const text = readFileSync(resolve(root, program), "utf8");
  await pyodide.runPythonAsync(text, { globals, filename: program });
} catch (error) {
  // SystemExit is how a program says that something does not hold.
  const lines = String(error.message).trimEnd().split("\n");
  console.error(error.type === "SystemExit" ? lines.at(-1).replace("SystemExit: ", "") : error.message);
  process.exitCode = error.type === "SystemExit" && lines.at(-1).endsWith("SystemExit: 0") ? 0 : 1;
}
