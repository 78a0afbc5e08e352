import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import type { Entity } from "../api/types";
import { Facts, type Fact } from "../components/Facts";
import { OutLink } from "../components/OutLink";
import { entityPath, shortRef } from "../format/entity";
import { isSafe } from "../format/markdown";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";

/** EntityFacts is what an entity says of itself. */
export function EntityFacts({ entity }: { entity: Entity }) {
  const { t } = useWords();
  const { metadata, spec = {}, kind } = entity;
  const facts: Fact[] = [{ key: "kind", label: t("entity.kind"), value: kind }];
  const plain = (key: "type" | "lifecycle") => {
    if (typeof spec[key] === "string") facts.push({ key, label: t(`entity.${key}`), value: spec[key] });
  };
  const linked = (key: "owner" | "system" | "domain", of: string) => {
    if (typeof spec[key] === "string") facts.push({ key, label: t(`entity.${key}`), value: <Ref of={spec[key].includes(":") ? spec[key] : `${of}:${spec[key]}`} /> });
  };
  plain("type");
  plain("lifecycle");
  linked("owner", "group");
  linked("system", "system");
  linked("domain", "domain");
  const email = (spec.profile as { email?: unknown } | undefined)?.email;
  if (typeof email === "string") facts.push({ key: "email", label: t("entity.email"), value: email });
  if (metadata.namespace && metadata.namespace !== "default") facts.push({ key: "namespace", label: t("entity.namespace"), value: metadata.namespace });
  if (metadata.tags && metadata.tags.length > 0) facts.push({ key: "tags", label: t("entity.tags"), value: metadata.tags.join(", ") });
  const place = (key: string, label: Key, annotation: string) => {
    const value = metadata.annotations?.[annotation];
    if (value) facts.push({ key, label: t(label), value: <Place value={value} /> });
  };
  place("source", "entity.source", "backstage.io/source-location");
  place("location", "entity.location", "backstage.io/managed-by-location");
  return <Facts facts={facts} />;
}

function Ref({ of }: { of: string }) {
  return (
    <Anchor component={Link} to={entityPath(of)} inherit title={of}>
      {shortRef(of)}
    </Anchor>
  );
}

/** A place is url:https://... or another kind of it, which cannot be opened. */
function Place({ value }: { value: string }) {
  const address = value.replace(/^url:/, "");
  return isSafe(address) ? <OutLink href={address}>{address.replace(/^https?:\/\//, "")}</OutLink> : value;
}
