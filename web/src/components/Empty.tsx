import type { ReactNode } from "react";
import { JourneyLine } from "../journey/JourneyLine";
import classes from "./Page.module.css";

type Props = { title: string; text: string; children?: ReactNode };

/** Empty says what a place is for and offers the one thing to do there. */
export function Empty({ title, text, children }: Props) {
  return (
    <div className={classes.empty}>
      <JourneyLine width={220} />
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  );
}
