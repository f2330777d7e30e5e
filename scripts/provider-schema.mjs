/**
 * Writes sandbox/provider/schema.json: for every type and function that the provider stand-in serves, the properties
 * that the real provider knows, read from the type declarations of @pulumi/aws. The stand-in refuses any other.
 *
 * A file `resources/<module>/<type>.ts` stands for the token `aws:<module>/<type>:<Type>`, a file
 * `invokes/<module>/<function>.ts` for `aws:<module>/<function>:<function>`; the folder listing is the feature list.
 *
 *     node scripts/provider-schema.mjs            writes the file
 *     node scripts/provider-schema.mjs --print    prints it
 *
 * Notation: "string" | "number" | "boolean" | "json" (text, or an object to be written as text) | "archive" | "any";
 * [shape] is a list, {"*": shape} a map, any other object the named properties; a name that ends in "!" is required.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const provider = join(root, "sandbox", "provider");
const target = join(provider, "schema.json");
const declarations = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));

const parsed = new Map();

function parse(path) {
  if (!parsed.has(path)) {
    const file = join(declarations, path);
    parsed.set(path, ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, false));
  }
  return parsed.get(path);
}

/** The members of an interface or class, by its name, possibly inside nested namespaces. */
function members(path, names) {
  let scope = parse(path).statements;
  for (const [depth, name] of names.entries()) {
    const found = scope.find(
      (node) =>
        (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isModuleDeclaration(node)) &&
        node.name?.text === name,
    );
    if (found === undefined) {
      return undefined;
    }
    if (depth === names.length - 1) {
      return found.members;
    }
    scope = found.body.statements;
  }
  return undefined;
}

function qualifiedName(node) {
  return ts.isIdentifier(node) ? [node.text] : [...qualifiedName(node.left), node.right.text];
}

const PRIMITIVES = new Map([
  [ts.SyntaxKind.StringKeyword, "string"],
  [ts.SyntaxKind.NumberKeyword, "number"],
  [ts.SyntaxKind.BooleanKeyword, "boolean"],
  [ts.SyntaxKind.AnyKeyword, "any"],
]);

/** `seen` ends the recursion of types that contain themselves. */
function shape(node, seen) {
  if (ts.isParenthesizedTypeNode(node)) {
    return shape(node.type, seen);
  }
  if (PRIMITIVES.has(node.kind)) {
    return PRIMITIVES.get(node.kind);
  }
  if (ts.isArrayTypeNode(node)) {
    return [shape(node.elementType, seen)];
  }
  if (ts.isTypeLiteralNode(node)) {
    return { "*": shape(node.members[0].type, seen) };
  }
  if (ts.isLiteralTypeNode(node)) {
    return "string";
  }
  if (ts.isUnionTypeNode(node)) {
    return unionShape(node, seen);
  }
  if (ts.isTypeReferenceNode(node)) {
    return referenceShape(node, seen);
  }
  throw new Error(
    `${node.getText?.() ?? ts.SyntaxKind[node.kind]}: a kind of type that this script does not know`,
  );
}

function unionShape(node, seen) {
  const types = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
  const isDocument = (type) =>
    ts.isTypeReferenceNode(type) && qualifiedName(type.typeName).at(-1) === "PolicyDocument";
  return types.some(isDocument) ? "json" : shape(types[0], seen);
}

function referenceShape(node, seen) {
  const name = qualifiedName(node.typeName);
  const last = name.at(-1);
  if (last === "Input" || last === "Output" || last === "Promise") {
    return shape(node.typeArguments[0], seen);
  }
  if (name[0] === "inputs" || name[0] === "outputs") {
    const key = name.join(".");
    if (seen.includes(key)) {
      return "any";
    }
    const path = name[0] === "inputs" ? "types/input.d.ts" : "types/output.d.ts";
    return objectShape(members(path, name.slice(1)), [...seen, key]);
  }
  if (last === "Archive" || last === "Asset") {
    return "archive";
  }
  // What remains are names for strings (ARN, an enumeration) and resources, which travel as their ids.
  return "string";
}

function objectShape(nodes, seen) {
  const entries = nodes
    .filter((node) => ts.isPropertySignature(node))
    .map((node) => [`${node.name.text}${node.questionToken ? "" : "!"}`, shape(node.type, seen)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A "?" marks what may stay undefined; every other output always has a value, chosen by the service if by nobody else. */
function outputNames(nodes) {
  return nodes
    .filter((node) => ts.isPropertyDeclaration(node) && !hasStatic(node))
    .map((node) => `${node.name.text}${mayBeUndefined(node.type) ? "?" : ""}`)
    .sort();
}

function mayBeUndefined(output) {
  const [type] = output.typeArguments;
  return ts.isUnionTypeNode(type) && type.types.some((part) => part.kind === ts.SyntaxKind.UndefinedKeyword);
}

function hasStatic(node) {
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword) ?? false;
}

/** The files of a folder as [module, name], `index.ts` aside: it is the listing in code. */
function listing(folder) {
  return readdirSync(join(provider, folder), { recursive: true })
    .map((path) => path.split(sep))
    .filter((parts) => parts.length === 2 && parts[1].endsWith(".ts"))
    .map(([module, file]) => [module, file.slice(0, -".ts".length)])
    .sort(([a, b], [c, d]) => (`${a}/${b}` < `${c}/${d}` ? -1 : 1));
}

function capital(name) {
  return name[0].toUpperCase() + name.slice(1);
}

function resource([module, name]) {
  const path = join(module, `${name}.d.ts`);
  const inputs = members(path, [`${capital(name)}Args`]);
  const outputs = members(path, [capital(name)]);
  if (inputs === undefined || outputs === undefined) {
    throw new Error(
      `resources/${module}/${name}.ts: @pulumi/aws has no such type; the file's name must be the type's`,
    );
  }
  return [
    `aws:${module}/${name}:${capital(name)}`,
    { inputs: objectShape(inputs, []), outputs: outputNames(outputs) },
  ];
}

function invoke([module, name]) {
  const path = module === "index" ? `${name}.d.ts` : join(module, `${name}.d.ts`);
  const results = members(path, [`${capital(name)}Result`]);
  if (results === undefined) {
    throw new Error(
      `invokes/${module}/${name}.ts: @pulumi/aws has no such function; the file's name must be its name`,
    );
  }
  const inputs = members(path, [`${capital(name)}Args`]) ?? [];
  const outputs = results.map((node) => node.name.text).sort();
  return [`aws:${module}/${name}:${name}`, { inputs: objectShape(inputs, []), outputs }];
}

const schema = {
  resources: Object.fromEntries(listing("resources").map(resource)),
  invokes: Object.fromEntries(listing("invokes").map(invoke)),
};
const text = `${JSON.stringify(schema)}\n`;
if (process.argv.includes("--print")) {
  process.stdout.write(text);
} else {
  writeFileSync(target, text);
}
