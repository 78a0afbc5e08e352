import { useMemo, useState } from "react";
import { useParams } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Platform, TemplateForm } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import { PageHead } from "../components/PageHead";
import { FillForm } from "../form/FillForm";
import { readFlags } from "../form/flags";
import classes from "../form/Form.module.css";
import { FormSkeleton } from "../form/FormSkeleton";
import { labelsOf } from "../form/labels";
import { Preview } from "../form/Preview";
import { publishes } from "../form/publishes";
import { formOf } from "../form/schema";
import { takenBy, useNameCheck } from "../form/useNameCheck";
import { useFilling } from "../form/useFilling";
import { useSending } from "../form/useSending";
import { errorSchemaOf } from "../form/validator";
import { useWords } from "../i18n/I18n";

/** CreateForm is a template's form, drawn from its JSON Schema. */
export default function CreateForm() {
  const { t } = useWords();
  const { template = "", namespace = "default" } = useParams();
  const path = { namespace, kind: "template", name: template };
  const form = useFetched(() => unwrap(api.GET("/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema", { params: { path } })), [namespace, template]);
  const entity = useFetched(() => unwrap(api.GET("/api/catalog/entities/by-name/{kind}/{namespace}/{name}", { params: { path } })), [namespace, template]);
  const platform = useFetched(() => unwrap(api.GET("/api/pronto/v1/platform")), []);
  if (form.problem) {
    return (
      <>
        <PageHead title={t("create.title")} />
        <Failure problem={form.problem} again={form.again} />
      </>
    );
  }
  if (!form.data || !settled(platform) || !settled(entity)) return <FormSkeleton />;
  const ref = `template:${namespace}/${template}`;
  return <Create key={ref} templateRef={ref} offered={form.data} platform={platform.data} delivers={publishes(entity.data)} />;
}

function settled({ data, problem }: { data?: unknown; problem?: unknown }): boolean {
  return data !== undefined || problem !== undefined;
}

type Props = { templateRef: string; offered: TemplateForm; platform: Platform | undefined; delivers: boolean };

function Create({ templateRef, offered, platform, delivers }: Props) {
  const { t, said, saying } = useWords();
  const form = useMemo(() => formOf(offered, { architectures: platform?.architectures ?? [], flags: readFlags() }), [offered, platform]);
  const filling = useFilling(templateRef, form);
  const [app] = useState(() => delivers && form.fields.has("name"));
  const name = app ? text(filling.values.name) : "";
  const check = useNameCheck(name, text(filling.values.owner));
  const { busy, refused, failure, send } = useSending({ templateRef, form, filling, app: name });
  const taken = takenBy(check);
  const errors = refused ?? (taken === undefined ? {} : errorSchemaOf([{ path: ["name"], message: taken }], saying));
  const forge = platform && { host: new URL(platform.urls.forge).host, owner: platform.organization };
  const labels = labelsOf(offered.presentation, { back: t("create.back"), review: t("create.review"), create: name === "" ? t("form.create") : t("create.submit", { name }) });
  return (
    <>
      <PageHead title={said(offered.title)} lead={offered.description && said(offered.description)} />
      <div className={app ? classes.columns : classes.single}>
        <div>
          {refused && (
            <p className={classes.refused} role="alert">
              {t("create.refused")}
            </p>
          )}
          {failure && <Failure problem={failure} />}
          <FillForm form={form} filling={filling} forge={forge} labels={labels} errors={errors} blocking={taken !== undefined} busy={busy} onSubmit={send} />
        </div>
        {app && <Preview name={name} platform={platform} check={check} />}
      </div>
    </>
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
