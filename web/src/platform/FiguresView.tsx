import { SegmentedControl, Select } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { RowsSkeleton } from "../components/PageSkeleton";
import { shortRef } from "../format/entity";
import { useWords } from "../i18n/I18n";
import { useLive } from "../live/LiveContext";
import { DaysChart } from "./DaysChart";
import { Dora } from "./Dora";
import { PhasesChart } from "./PhasesChart";
import classes from "./Platform.module.css";

const spans = [7, 30, 90];

/** FiguresView is how well deliveries go, of everything, an owner or an application. */
export function FiguresView() {
  const { t } = useWords();
  const { apps } = useLive();
  const [of, setOf] = useState("");
  const [days, setDays] = useState(30);
  const [sort = "", name = ""] = of.split(/ (.*)/);
  const scope = sort === "app" ? { app: name } : sort === "owner" ? { owner: name } : {};
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/figures", { params: { query: { days, ...scope } } })), [of, days]);
  const known = Object.values(apps).map(({ app }) => app);
  const owners = [...new Set(known.flatMap(({ owner }) => owner ?? []))].sort();
  const choices = [
    { group: t("platform.ofOwners"), items: owners.map((owner) => ({ value: `owner ${owner}`, label: shortRef(owner) })) },
    { group: t("platform.ofApps"), items: known.map((app) => ({ value: `app ${app.name}`, label: app.name })).sort((a, b) => a.label.localeCompare(b.label)) },
  ].filter(({ items }) => items.length > 0);
  return (
    <section className={page.section} aria-labelledby="figures">
      <h2 id="figures">{t("platform.figures")}</h2>
      <p className={classes.lead}>{t("platform.figuresLead")}</p>
      <div className={page.filters}>
        <Select w={260} maw="100%" searchable aria-label={t("platform.of")} placeholder={t("platform.ofAll")} data={choices} value={of === "" ? null : of} onChange={(chosen) => setOf(chosen ?? "")} clearable clearButtonProps={{ "aria-label": t("platform.ofAll") }} />
        <SegmentedControl aria-label={t("platform.days")} data={spans.map((span) => ({ value: String(span), label: t("platform.lastDays", { days: span }) }))} value={String(days)} onChange={(span) => setDays(Number(span))} />
      </div>
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton rows={13} />}
      {data && (
        <>
          <Dora figures={data} />
          {data.total.count === 0 && (data.failures ?? 0) === 0 ? (
            <p className={classes.lead}>{t("platform.noDeliveries")}</p>
          ) : (
            <div className={classes.charts}>
              <DaysChart days={data.days} />
              <PhasesChart phases={data.phases} />
            </div>
          )}
        </>
      )}
    </section>
  );
}
