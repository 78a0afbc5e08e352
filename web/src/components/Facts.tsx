import type { ReactNode } from "react";
import classes from "./Facts.module.css";

export type Fact = { key: string; label: string; value: ReactNode };

/** Facts is a list of what is known, label beside value. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ key, label, value }) => (
        <div key={key} className={classes.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
