import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { Facts } from "../components/Facts";
import { entityPath, parseRef, shortRef } from "../format/entity";
import { useWords } from "../i18n/I18n";
import classes from "./Catalog.module.css";
import type { Related } from "./relations";

const shown = 12;

/** Relations is what an entity hangs together with, both ways, as links. */
export function Relations({ related }: { related: readonly Related[] }) {
  const { t } = useWords();
  if (related.length === 0) return <p className={classes.quiet}>{t("entity.noRelations")}</p>;
  return <Facts facts={related.map(({ type, known, refs }) => ({ key: type, label: known ? t(`relation.${known}`) : type, value: <Refs refs={refs} /> }))} />;
}

function Refs({ refs }: { refs: readonly string[] }) {
  const list = (some: readonly string[]) => (
    <ul className={classes.refs}>
      {some.map((ref) => (
        <li key={ref}>
          <Anchor component={Link} to={entityPath(ref)} inherit underline="always" title={ref}>
            {shortRef(ref)}
          </Anchor>{" "}
          <span className={classes.quiet}>{parseRef(ref).kind}</span>
        </li>
      ))}
    </ul>
  );
  if (refs.length <= shown) return list(refs);
  return (
    <>
      {list(refs.slice(0, shown))}
      <details>
        <summary>+{refs.length - shown}</summary>
        {list(refs.slice(shown))}
      </details>
    </>
  );
}
