import type { Entity } from "../api/types";
import page from "../components/Page.module.css";
import { refOf } from "../form/entityRefs";
import { useWords } from "../i18n/I18n";
import classes from "./Gallery.module.css";
import { useStars } from "./stars";
import { TemplateCard } from "./TemplateCard";

/** TemplateCards shows the starred templates first. */
export function TemplateCards({ templates }: { templates: readonly Entity[] }) {
  const { t } = useWords();
  const { stars, toggle } = useStars();
  const starred = templates.filter((template) => stars.includes(refOf(template)));
  const others = templates.filter((template) => !stars.includes(refOf(template)));
  const cards = (list: readonly Entity[]) => (
    <ul className={classes.cards}>
      {list.map((template) => (
        <TemplateCard key={refOf(template)} template={template} starred={stars.includes(refOf(template))} onStar={() => toggle(refOf(template))} />
      ))}
    </ul>
  );
  if (starred.length === 0) {
    return (
      <section>
        <h2 className="visually-hidden">{t("gallery.others")}</h2>
        {cards(others)}
      </section>
    );
  }
  return (
    <>
      <section className={page.section}>
        <h2>{t("gallery.starred")}</h2>
        {cards(starred)}
      </section>
      {others.length > 0 && (
        <section className={page.section}>
          <h2>{t("gallery.others")}</h2>
          {cards(others)}
        </section>
      )}
    </>
  );
}
