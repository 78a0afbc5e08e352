import { ActionIcon } from "@mantine/core";
import { Link } from "react-router";
import type { Entity } from "../api/types";
import { Icon } from "../components/Icon";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";
import { ownerOf, typeOf } from "./filter";
import classes from "./Gallery.module.css";

type Props = { template: Entity; starred: boolean; onStar: () => void };

/** TemplateCard is one template; the whole card leads to its form. */
export function TemplateCard({ template, starred, onStar }: Props) {
  const { t, said } = useWords();
  const { name, title, description, tags = [] } = template.metadata;
  const shown = said(title ?? name);
  const owner = ownerOf(template);
  const label = t(starred ? "gallery.unstar" : "gallery.star", { name: shown });
  return (
    <li className={classes.card}>
      <h3>
        <Link to={createPath(template)} title={shown}>
          {shown}
        </Link>
      </h3>
      <ActionIcon className={classes.star ?? ""} variant="subtle" color="gray" c={starred ? "var(--accent-ink)" : "dimmed"} aria-pressed={starred} aria-label={label} title={label} onClick={onStar}>
        <Icon name={starred ? "starred" : "star"} />
      </ActionIcon>
      <p className={classes.meta}>{[typeOf(template), owner && t("gallery.owner", { owner: entityName(owner) })].filter(Boolean).join(" · ")}</p>
      {description && <p className={classes.description}>{said(description)}</p>}
      {tags.length > 0 && (
        <ul className={classes.tags} aria-label={t("gallery.tags")}>
          {tags.map((tag) => (
            <li key={tag}>{tag}</li>
          ))}
        </ul>
      )}
      <span className={classes.use} aria-hidden="true">
        {t("create.use")} →
      </span>
    </li>
  );
}

/** createPath is where a template's form is. */
export function createPath({ metadata: { name, namespace = "default" } }: Entity): string {
  return namespace === "default" ? `/create/${name}` : `/create/${namespace}/${name}`;
}
