#!/usr/bin/env node

const { existsSync } = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const main = path.join(root, "dist", "cli", "main.js");
if (existsSync(main) && existsSync(path.join(root, "node_modules", ".package-lock.json"))) {
  require(main);
} else {
  process.stderr.write(`error: ${root} is not set up: run npm start or node scripts/setup.mjs there\n`);
  process.exitCode = 1;
}
