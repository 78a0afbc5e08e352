import { useDebouncedValue } from "@mantine/hooks";
import { useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Entity } from "../api/types";
import { useFetched } from "../api/useFetched";
import { refOf } from "../form/entityRefs";
import { entityPath, shortRef } from "../format/entity";
import { createPath } from "../gallery/TemplateCard";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import { useLive } from "../live/LiveContext";
import { useMe } from "../shell/MeContext";
import { signOut } from "../shell/signOut";
import { places } from "./keys";
import type { Item } from "./match";

/** Doing is an item with what it does. */
export type Doing = Item & { run: () => void };

const fields = "kind,metadata.name,metadata.namespace,metadata.title,metadata.description,spec.owner";

/** useItems is all that the palette offers; entities of the catalog are asked for as one types. */
export function useItems(typed: string, showKeys: () => void): Doing[] {
  const pages = usePages();
  const apps = useApps();
  const actions = useActions(showKeys);
  const navigate = useNavigate();
  const { said } = useWords();
  const [settled] = useDebouncedValue(typed.trim(), 150);
  const templates = useFetched(() => unwrap(api.GET("/api/catalog/entities", { params: { query: { filter: ["kind=template"] } } })), []);
  const found = useFetched(async () => (settled === "" ? undefined : unwrap(api.GET("/api/catalog/entities/by-query", { params: { query: { fullTextFilterTerm: settled, limit: 12, fields } } }))), [settled]);
  const forms = (templates.data ?? []).map((entity): Doing => ({ id: `form ${refOf(entity)}`, group: "templates", title: said(entity.metadata.title ?? entity.metadata.name), words: (entity.metadata.tags ?? []).join(" "), run: () => void navigate(createPath(entity)) }));
  const known = (found.data?.items ?? []).map((entity): Doing => entityItem(entity, settled, said, (path) => void navigate(path)));
  return [...apps, ...pages, ...forms, ...known, ...actions];
}

/** What the catalog found answers to the search, whatever its words are: they are among its words. */
function entityItem(entity: Entity, settled: string, said: (text: string) => string, go: (path: string) => void): Doing {
  const ref = refOf(entity);
  return { id: `entity ${ref}`, group: "catalog", title: said(entity.metadata.title ?? entity.metadata.name), detail: entity.kind, words: `${ref} ${settled}`, run: () => go(entityPath(ref)) };
}

function useApps(): Doing[] {
  const { apps } = useLive();
  const navigate = useNavigate();
  const { t } = useWords();
  return Object.values(apps).map(({ app }) => ({ id: `app ${app.name}`, group: "apps", title: app.name, detail: [t(`status.${app.status}`), app.owner && shortRef(app.owner)].filter(Boolean).join(" · "), words: app.repositoryName, run: () => void navigate(`/apps/${app.name}`) }));
}

const more: readonly { to: string; words: Key; permission?: string }[] = [
  { to: "/templates/edit", words: "author.title" },
  { to: "/templates/actions", words: "nav.actions" },
  { to: "/platform/audit", words: "nav.audit", permission: "audit.read" },
  { to: "/help", words: "nav.help" },
];

function usePages(): Doing[] {
  const navigate = useNavigate();
  const { t } = useWords();
  const me = useMe();
  const all: readonly { to: string; words: Key; permission?: string }[] = [...places, ...more];
  return all.filter(({ permission }) => permission === undefined || me.permissions.includes(permission)).map(({ to, words }) => ({ id: `page ${to}`, group: "pages", title: t(words), run: () => void navigate(to) }));
}

function useActions(showKeys: () => void): Doing[] {
  const { t, lang, setLang } = useWords();
  const { setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const action = (id: string, title: string, run: () => void): Doing => ({ id: `do ${id}`, group: "actions", title, run });
  return [
    action("create", t("home.create"), () => void navigate("/create")),
    action("light", t("palette.light"), () => setColorScheme("light")),
    action("dark", t("palette.dark"), () => setColorScheme("dark")),
    action("auto", t("palette.auto"), () => setColorScheme("auto")),
    action("language", t("palette.language"), () => setLang(lang === "en" ? "pt" : "en")),
    action("keys", t("palette.keys"), showKeys),
    action("out", t("account.signOut"), () => void signOut()),
  ];
}
