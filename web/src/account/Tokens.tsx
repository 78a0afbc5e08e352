import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { CreatedToken, Token } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Confirm } from "../components/Confirm";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import classes from "./Account.module.css";
import { NewTokenDialog } from "./NewTokenDialog";
import { ShownOnce } from "./ShownOnce";
import { TokenTable } from "./TokenTable";

/** Tokens are the API tokens that act in one's name; a new one's value is shown once. */
export function Tokens() {
  const { t } = useWords();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/tokens")), []);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedToken>();
  const [revoking, setRevoking] = useState<Token>();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Problem>();
  const revoke = async ({ id }: Token) => {
    setBusy(true);
    setRefused(undefined);
    try {
      await unwrap(api.DELETE("/api/pronto/v1/tokens/{id}", { params: { path: { id } } }));
      if (made?.id === id) setMade(undefined);
    } catch (thrown) {
      setRefused(asProblem(thrown));
    }
    setBusy(false);
    setRevoking(undefined);
    again();
  };
  return (
    <section className={page.section} aria-labelledby="tokens">
      <div className={classes.heading}>
        <h2 id="tokens">{t("token.title")}</h2>
        <Button variant="default" size="xs" onClick={() => setMaking(true)}>
          {t("token.new")}
        </Button>
      </div>
      <p className={classes.note}>{t("token.lead")}</p>
      {made && <ShownOnce token={made} onDone={() => setMade(undefined)} />}
      {problem && <Failure problem={problem} again={again} />}
      {refused && <Failure problem={refused} />}
      {!data && !problem && <RowsSkeleton rows={2} />}
      {data?.tokens.length === 0 && <p className={classes.note}>{t("token.none")}</p>}
      {data && data.tokens.length > 0 && <TokenTable tokens={data.tokens} onRevoke={setRevoking} />}
      <NewTokenDialog
        opened={making}
        onClose={() => setMaking(false)}
        onMade={(token) => {
          setMaking(false);
          setMade(token);
          again();
        }}
      />
      <Confirm opened={revoking !== undefined} title={t("token.revokeTitle", { name: revoking?.name ?? "" })} text={t("token.revokeText")} yes={t("token.revoke")} no={t("token.keep")} busy={busy} onYes={() => revoking && void revoke(revoking)} onNo={() => setRevoking(undefined)} />
    </section>
  );
}
