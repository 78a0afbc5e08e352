import { useCallback, useEffect, useState } from "react";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { Me } from "../api/types";
import { Failure } from "../components/Failure";
import { known, setKnown } from "./known";
import { Shell } from "./Shell";
import classes from "./Shell.module.css";
import { SignIn } from "./SignIn";

type Seen = { state: "asking" } | { state: "out" } | { state: "in"; me: Me } | { state: "failed"; problem: Problem };

/** Gate lets in who is signed in. */
export function Gate() {
  const [seen, setSeen] = useState<Seen>({ state: "asking" });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    unwrap(api.GET("/api/pronto/v1/me")).then(
      (me) => {
        setKnown(true);
        setSeen({ state: "in", me });
      },
      (thrown: unknown) => {
        const problem = asProblem(thrown);
        if (problem.status === 401) setKnown(false);
        setSeen((before) => afterFailure(before, problem));
      },
    );
  }, [turn]);

  switch (seen.state) {
    case "asking":
      return known() ? <Shell me={undefined} refused={again} /> : null;
    case "out":
      return <SignIn />;
    case "failed":
      return (
        <main className={classes.alone}>
          <Failure problem={seen.problem} again={again} />
        </main>
      );
    case "in":
      return <Shell me={seen.me} refused={again} />;
  }
}

/** A portal that does not answer for a moment does not sign anybody out. */
function afterFailure(before: Seen, problem: Problem): Seen {
  if (problem.status === 401) return { state: "out" };
  return before.state === "in" ? before : { state: "failed", problem };
}
