type Node = Record<string, unknown>;

/** Shown is how a field reads in the review. */
export type Shown = { title: string; hidden: boolean; mask?: string };

/** Found is what was learnt of a form on the way. */
export type Found = { secrets: Set<string>; fields: Map<string, Shown> };

/** Surroundings are what a form may depend on. */
export type Surroundings = { architectures: readonly string[]; flags: ReadonlySet<string> };

/** The fields of Backstage that are drawn as inputs here. */
const pickers: Readonly<Record<string, string>> = {
  OwnerPicker: "EntityPicker",
  EntityPicker: "EntityPicker",
  OwnedEntityPicker: "EntityPicker",
  MyGroupsPicker: "EntityPicker",
  MultiEntityPicker: "MultiEntityPicker",
  EntityNamePicker: "EntityNamePicker",
  EntityTagsPicker: "EntityTagsPicker",
  RepoUrlPicker: "RepoUrlPicker",
  Secret: "SecretWidget",
};

/** One schema within another that speaks of the same object. */
const alternatives = ["if", "then", "else", "not"] as const;
const lists = ["allOf", "anyOf", "oneOf"] as const;
const byProperty = ["dependencies", "dependentSchemas"] as const;

/** Extraction parts schemas in Backstage's style from the ui:* hints within them. */
export class Extraction {
  readonly found: Found = { secrets: new Set(), fields: new Map() };
  private readonly around: Surroundings;

  constructor(around: Surroundings) {
    this.around = around;
  }

  /** schema gives the plain schema of node and puts its hints into ui. */
  schema(node: Node, ui: Node, path: readonly string[] = []): Node {
    const plain: Node = {};
    for (const [key, value] of Object.entries(node)) {
      if (key === "ui:field") this.field(value, ui, path);
      else if (key.startsWith("ui:")) ui[key] = value;
      else if (key === "enumNames") ui["ui:enumNames"] = value;
      else if (!key.startsWith("backstage:")) plain[key] = this.part(key, value, ui, path);
    }
    this.finish(plain, node, ui);
    this.note(plain, ui, path);
    return plain;
  }

  private part(key: string, value: unknown, ui: Node, path: readonly string[]): unknown {
    if (key === "properties" && isNode(value)) return this.properties(value, ui, path);
    if (key === "items" && isNode(value)) return this.schema(value, child(ui, "items"), [...path, "items"]);
    if (includes(alternatives, key) && isNode(value)) return this.schema(value, ui, path);
    if (includes(lists, key) && Array.isArray(value)) return value.map((each: unknown) => (isNode(each) ? this.schema(each, ui, path) : each));
    if (includes(byProperty, key) && isNode(value)) return mapped(value, (each) => (isNode(each) ? this.schema(each, ui, path) : each));
    return value;
  }

  private properties(properties: Node, ui: Node, path: readonly string[]): Node {
    const seen = Object.entries(properties).filter(([, each]) => !isNode(each) || this.flagged(each));
    return Object.fromEntries(seen.map(([name, each]) => [name, isNode(each) ? this.schema(each, child(ui, name), [...path, name]) : each]));
  }

  /** flagged tells whether a node is to be seen with the flags that are on. */
  flagged(node: Node): boolean {
    const flag = node["backstage:featureFlag"];
    return typeof flag !== "string" || this.around.flags.has(flag);
  }

  private field(field: unknown, ui: Node, path: readonly string[]): void {
    if (typeof field !== "string") return;
    if (field === "Secret") this.found.secrets.add(path.join("."));
    const widget = pickers[field];
    ui["ui:picker"] = field;
    if (widget) ui["ui:widget"] = widget;
    else ui["ui:field"] = "UnknownField";
  }

  private finish(plain: Node, node: Node, ui: Node): void {
    const options = ui["ui:options"];
    if (isNode(options) && options.pronto === "architectures" && !plain.enum && this.around.architectures.length > 0) {
      plain.enum = [...this.around.architectures];
      plain.default ??= this.around.architectures[0];
    }
    if (Array.isArray(plain.required) && isNode(plain.properties) && isNode(node.properties)) {
      const hidden = Object.keys(node.properties).filter((name) => !(name in (plain.properties as Node)));
      plain.required = plain.required.filter((name) => !hidden.includes(String(name)));
    }
    const order = ui["ui:order"];
    if (Array.isArray(order) && !order.includes("*")) ui["ui:order"] = [...(order as unknown[]), "*"];
    // The checker hands this to the words that say the fix.
    if (typeof ui["ui:help"] === "string" && plain.type !== "object") plain["x-hint"] = ui["ui:help"];
  }

  private note(plain: Node, ui: Node, path: readonly string[]): void {
    if (path.length === 0) return;
    const backstage = ui["ui:backstage"];
    const review = isNode(backstage) && isNode(backstage.review) ? backstage.review : {};
    const title = [review.name, ui["ui:title"], plain.title].find((each) => typeof each === "string");
    const key = path.join(".");
    // A condition that narrows a field does not name it again.
    if (this.found.fields.has(key) && title === undefined) return;
    this.found.fields.set(key, {
      title: typeof title === "string" ? title : (path.at(-1) ?? key),
      hidden: review.show === false || ui["ui:widget"] === "hidden",
      ...(typeof review.mask === "string" ? { mask: review.mask } : {}),
    });
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function child(ui: Node, name: string): Node {
  const known = ui[name];
  if (isNode(known)) return known;
  const made: Node = {};
  ui[name] = made;
  return made;
}

function mapped(node: Node, change: (value: unknown) => unknown): Node {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(value)]));
}

function includes(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
