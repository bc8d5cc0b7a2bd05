// Compiles a package into .sluice/js and runs its tests there, with Node and tsc alone. Made anew by `sluice test`.
"use strict";
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const out = path.join(".sluice", "js");
const skipped = new Set([".git", ".sluice", "node_modules"]);

function run(program, ...given) {
    // On Windows the compiler on the path is a script.
    const shell = process.platform === "win32" && program === "tsc";
    const ended = spawnSync(program, given, { stdio: ["ignore", "inherit", "inherit"], shell });
    if (ended.error?.code === "ENOENT") {
        console.error(`There is no ${program} here: apt-get install node-typescript, or npm install --global typescript.`);
        process.exit(127);
    }
    return ended.status ?? 1;
}

function* tests(folder) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const file = path.join(folder, entry.name);
        if (entry.isDirectory()) yield* tests(file);
        else if (entry.name.endsWith("_test.js")) yield file;
    }
}

fs.rmSync(out, { recursive: true, force: true });
// What is no source lies beside the compiled code as it does on a server.
for (const entry of fs.readdirSync("."))
    if (!skipped.has(entry))
        fs.cpSync(entry, path.join(out, entry), { recursive: true, filter: (from) => !/(?<!\.d)\.ts$/.test(from) });
const own = path.join("node_modules", "typescript", "bin", "tsc");
const compile = ["-p", "gen", "--outDir", out, "--pretty", "false"];
const code = fs.existsSync(own) ? run(process.execPath, own, ...compile) : run("tsc", ...compile);
if (code !== 0) process.exit(code);
const found = [...tests(out)].sort();
if (found.length === 0) {
    console.log("no tests were found");
    process.exit(0);
}
// Of Node 18 the first versions know one report, which is for programs, and the very first has nothing that runs files.
const [major, minor] = process.versions.node.split(".").map(Number);
const test = (...given) => run(process.execPath, "--enable-source-maps", ...given);
if (major > 18 || minor >= 15) process.exit(test("--test", "--test-reporter=spec", ...found));
if (minor > 0) process.exit(test("--test", ...found));
process.exit(Math.max(...found.map((file) => test(file))));
