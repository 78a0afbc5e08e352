import type { ReactNode } from "react";
import { JourneyLine } from "../journey/JourneyLine";
import classes from "./Page.module.css";

type Props = {
  title: string;
  text: string;
  /** Whether it is the whole page. */
  alone?: boolean;
  children?: ReactNode;
};

/** Empty says what a place is for and offers the one thing to do there. */
export function Empty({ title, text, alone = false, children }: Props) {
  return (
    <div className={classes.empty}>
      <JourneyLine width={220} />
      {alone ? <h1>{title}</h1> : <h2>{title}</h2>}
      <p>{text}</p>
      {children}
    </div>
  );
}
