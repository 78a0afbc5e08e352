import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { Facts } from "../components/Facts";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { RowsSkeleton } from "../components/PageSkeleton";
import { When } from "../components/When";
import { useWords } from "../i18n/I18n";
import classes from "./Account.module.css";

/** DevicePage signs in a program that showed a code, when one confirms that it is one's own. */
export default function DevicePage() {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const code = params.get("code") ?? "";
  return (
    <div className={classes.device}>
      <PageHead title={t("device.title")} />
      {code === "" ? <Asking onCode={(typed) => setParams({ code: typed })} /> : <Waiting key={code} code={code} again={() => setParams({})} />}
    </div>
  );
}

function Asking({ onCode }: { onCode: (code: string) => void }) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const code = typed.trim().toUpperCase();
  return (
    <form
      className={classes.code}
      onSubmit={(event) => {
        event.preventDefault();
        if (code !== "") onCode(code);
      }}
    >
      <p>{t("device.codeText")}</p>
      <TextInput autoFocus label={t("device.code")} size="md" autoComplete="one-time-code" autoCapitalize="characters" spellCheck={false} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      <Button type="submit" disabled={code === ""}>
        {t("device.look")}
      </Button>
    </form>
  );
}

function Waiting({ code, again }: { code: string; again: () => void }) {
  const { t } = useWords();
  const path = { params: { path: { code } } };
  const { data, problem } = useFetched(() => unwrap(api.GET("/api/pronto/v1/device/{code}", path)), [code]);
  const [busy, setBusy] = useState(false);
  const [decided, setDecided] = useState<"approved" | "refused">();
  const [failure, setFailure] = useState<Problem>();
  const decide = async (approve: boolean) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await unwrap(api.POST("/api/pronto/v1/device/{code}", { ...path, body: { approve } }));
      setDecided(approve ? "approved" : "refused");
    } catch (thrown) {
      setFailure(asProblem(thrown));
    }
    setBusy(false);
  };
  if (problem) return <Failure problem={problem} again={again} />;
  if (!data) return <RowsSkeleton rows={4} />;
  if (decided) {
    return (
      <p role="status" className={classes.decided}>
        {t(`device.${decided}`)}
      </p>
    );
  }
  return (
    <section className={page.panel} aria-labelledby="asks">
      <h2 id="asks">{t("device.asks", { client: data.client })}</h2>
      <p className={classes.userCode}>{data.userCode}</p>
      <p className={classes.warning}>{t("device.warning")}</p>
      <Facts
        facts={[
          ...(data.address ? [{ key: "address", label: t("device.address"), value: data.address }] : []),
          { key: "requested", label: t("device.requested"), value: <When at={data.requestedAt} /> },
          { key: "expires", label: t("device.expires"), value: <When at={data.expiresAt} /> },
        ]}
      />
      {failure && <Failure problem={failure} />}
      <div className={classes.actions}>
        <Button loading={busy} onClick={() => void decide(true)}>
          {t("device.approve")}
        </Button>
        <Button variant="default" disabled={busy} onClick={() => void decide(false)}>
          {t("device.refuse")}
        </Button>
      </div>
    </section>
  );
}
