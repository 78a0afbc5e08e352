import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { Made as Thing } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Confirm } from "../components/Confirm";
import { Failure } from "../components/Failure";
import { OutLink } from "../components/OutLink";
import page from "../components/Page.module.css";
import { isSafe } from "../format/markdown";
import { useWords } from "../i18n/I18n";
import classes from "./Task.module.css";

type Props = { id: string; status: string };

/** Made is what a task has made outside of its workspace; what a failed one left can be taken away. */
export function Made({ id, status }: Props) {
  const { t } = useWords();
  const path = { params: { path: { id } } };
  const { data, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/tasks/{id}/made", path)), [id, status]);
  const [cleaned, setCleaned] = useState<{ status: string; made: readonly Thing[] }>();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const made = cleaned?.status === status ? cleaned.made : (data?.made ?? []);
  if (made.length === 0) return null;
  const left = made.filter(({ gone }) => !gone);
  const unsuccessful = status === "failed" || status === "cancelled";
  const clean = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setCleaned({ status, made: (await unwrap(api.POST("/api/pronto/v1/tasks/{id}/clean", path))).made });
    } catch (thrown) {
      setProblem(asProblem(thrown));
      again();
    }
    setBusy(false);
    setAsking(false);
  };
  return (
    <section className={page.section} aria-labelledby="made">
      <h2 id="made">{t("task.made")}</h2>
      {unsuccessful && left.length > 0 && <p className={classes.note}>{t("task.leftovers")}</p>}
      {problem && <Failure problem={problem} />}
      <ul className={classes.made}>
        {made.map((thing) => (
          <OneMade key={keyOf(thing)} thing={thing} />
        ))}
      </ul>
      {unsuccessful && left.length > 0 && (
        <Button variant="default" mt="md" onClick={() => setAsking(true)}>
          {t("task.clean")}
        </Button>
      )}
      <Confirm opened={asking} title={t("task.cleanTitle")} text={t("task.cleanText")} yes={t("task.clean")} no={t("task.cleanKeep")} busy={busy} onYes={() => void clean()} onNo={() => setAsking(false)}>
        <ul>
          {left.map((thing) => (
            <li key={keyOf(thing)}>
              {t(`task.kind.${thing.kind}`)} <code>{thing.name}</code>
            </li>
          ))}
        </ul>
      </Confirm>
    </section>
  );
}

/** keyOf tells things apart: two issues may have one title. */
const keyOf = ({ kind, name, url }: Thing) => `${kind} ${name} ${url ?? ""}`;

function OneMade({ thing }: { thing: Thing }) {
  const { t, saying } = useWords();
  return (
    <li data-gone={thing.gone}>
      <span className={classes.kind}>{t(`task.kind.${thing.kind}`)}</span>
      <span className={classes.thing} title={thing.name}>
        {thing.url && !thing.gone && isSafe(thing.url) ? <OutLink href={thing.url}>{thing.name}</OutLink> : thing.name}
      </span>
      <span className={classes.kind}>{t(thing.gone ? "task.madeGone" : "task.madeThere")}</span>
      {thing.reason && <span className={classes.reason}>{saying(thing.reason)}</span>}
    </li>
  );
}
