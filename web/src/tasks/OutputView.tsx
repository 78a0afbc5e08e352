import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { Markdown } from "../components/Markdown";
import { OutLink } from "../components/OutLink";
import page from "../components/Page.module.css";
import { entityPath } from "../format/entity";
import { isSafe } from "../format/markdown";
import { useWords } from "../i18n/I18n";
import type { Output, OutputLink } from "./steps";
import classes from "./Task.module.css";

/** OutputView is what a template gives at its end: links, and texts in Markdown. */
export function OutputView({ output }: { output: Output }) {
  const { t, said } = useWords();
  if (output.links.length === 0 && output.texts.length === 0) return null;
  return (
    <section className={page.section} aria-labelledby="output">
      <h2 id="output">{t("task.output")}</h2>
      {output.links.length > 0 && (
        <ul className={classes.links}>
          {output.links.map((link, i) => (
            <li key={i}>
              <One link={link} title={said(link.title)} />
            </li>
          ))}
        </ul>
      )}
      {output.texts.map(({ title, content }, i) => (
        <div key={i} className={classes.output}>
          {title !== "" && <h3>{said(title)}</h3>}
          <Markdown text={content} />
        </div>
      ))}
    </section>
  );
}

function One({ link, title }: { link: OutputLink; title: string }) {
  if (link.entityRef) {
    return (
      <Anchor component={Link} to={entityPath(link.entityRef)} inherit>
        {title}
      </Anchor>
    );
  }
  return link.url && isSafe(link.url) ? <OutLink href={link.url}>{title}</OutLink> : title;
}
