import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { AddedLocation } from "../api/types";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { refOf } from "../form/entityRefs";
import { useWords } from "../i18n/I18n";
import classes from "./Authoring.module.css";

/** Register adds a repository's template: first one sees what is there. */
export function Register({ onRegistered }: { onRegistered: () => void }) {
  const { t } = useWords();
  const [target, setTarget] = useState("");
  const [found, setFound] = useState<AddedLocation>();
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const add = async (dryRun: boolean) => {
    setBusy(true);
    setProblem(undefined);
    setDone(false);
    try {
      const added = await unwrap(api.POST("/api/catalog/locations", { params: { query: { dryRun } }, body: { type: "url", target: target.trim() } }));
      setFound(dryRun ? added : undefined);
      if (!dryRun) {
        setDone(true);
        setTarget("");
        onRegistered();
      }
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };
  return (
    <section className={page.section} aria-labelledby="register">
      <h2 id="register">{t("register.title")}</h2>
      <p className={classes.quiet}>{t("register.text")}</p>
      <form
        className={classes.register}
        onSubmit={(event) => {
          event.preventDefault();
          if (target.trim() !== "") void add(true);
        }}
      >
        <TextInput
          type="url"
          label={t("register.address")}
          autoComplete="off"
          value={target}
          onChange={(event) => {
            setTarget(event.currentTarget.value);
            setFound(undefined);
          }}
        />
        <Button type="submit" variant="default" loading={busy} disabled={target.trim() === ""}>
          {t("register.look")}
        </Button>
      </form>
      <p role="status">{done && t("register.done")}</p>
      {problem && <Failure problem={problem} />}
      {found && <Found found={found} busy={busy} onRegister={() => void add(false)} />}
    </section>
  );
}

function Found({ found, busy, onRegister }: { found: AddedLocation; busy: boolean; onRegister: () => void }) {
  const { t, said } = useWords();
  if (found.exists) return <p className={classes.found}>{t("register.exists")}</p>;
  if (found.entities.length === 0) return <p className={classes.found}>{t("register.nothing")}</p>;
  return (
    <div className={classes.found}>
      <p>{t("register.found")}</p>
      <ul>
        {found.entities.map((entity) => (
          <li key={refOf(entity)}>
            {said(entity.metadata.title ?? entity.metadata.name)} <span className={classes.quiet}>{entity.kind}</span>
          </li>
        ))}
      </ul>
      <Button loading={busy} onClick={onRegister}>
        {t("register.do")}
      </Button>
    </div>
  );
}
