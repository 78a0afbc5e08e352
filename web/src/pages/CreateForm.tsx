import { Button } from "@mantine/core";
// The package's index names its own tests' validator, which is not installed here.
import Form from "@rjsf/core/lib/components/Form.js";
import type { ErrorSchema } from "@rjsf/utils";
import { useMemo, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { Platform, TemplateForm } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import { PageHead } from "../components/PageHead";
import { PageSkeleton } from "../components/PageSkeleton";
import { faultText } from "../form/messages";
import { Preview } from "../form/Preview";
import { Review } from "../form/Review";
import { formOf } from "../form/schema";
import { submitForm } from "../form/submit";
import { templates } from "../form/templates";
import { useNameCheck } from "../form/useNameCheck";
import { errorSchemaOf, FormValidator } from "../form/validator";
import { widgets } from "../form/widgets";
import { useWords } from "../i18n/I18n";
import classes from "./Create.module.css";

type Values = Record<string, unknown>;

/** CreateForm is a template's form, drawn from its JSON Schema. */
export default function CreateForm() {
  const { t } = useWords();
  const { template = "" } = useParams();
  const form = useFetched(
    () => unwrap(api.GET("/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema", { params: { path: { namespace: "default", kind: "template", name: template } } })),
    [template],
  );
  const platform = useFetched(() => unwrap(api.GET("/api/pronto/v1/platform")), []);
  if (form.problem) {
    return (
      <>
        <PageHead title={t("create.title")} />
        <Failure problem={form.problem} again={form.again} />
      </>
    );
  }
  if (!form.data || (!platform.data && !platform.problem)) return <PageSkeleton />;
  return <Filling key={template} template={template} offered={form.data} platform={platform.data} />;
}

function Filling({ template, offered, platform }: { template: string; offered: TemplateForm; platform: Platform | undefined }) {
  const { t, said, saying } = useWords();
  const navigate = useNavigate();
  const form = useMemo(() => formOf(offered, platform?.architectures ?? []), [offered, platform]);
  const validator = useMemo(
    () =>
      new FormValidator((fault) => {
        const [key, values] = faultText(fault);
        return t(key, typeof values.hint === "string" ? { ...values, hint: said(values.hint) } : values);
      }),
    [t, said],
  );
  const [values, setValues] = useState<Values>({});
  const [reviewing, setReviewing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<{ at: string; errors: ErrorSchema }>();
  const [problem, setProblem] = useState<Problem>();
  const name = typeof values.name === "string" ? values.name : "";
  const check = useNameCheck(name);

  const taken = check && !check.available ? errorSchemaOf([{ path: ["name"], message: check.reason ?? check.checks.find(({ free }) => !free)?.reason ?? "" }], saying) : undefined;
  const refused = refusal?.at === JSON.stringify(values) ? refusal.errors : undefined;

  const submit = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const outcome = await submitForm(template, values, form.secrets);
      if ("id" in outcome) {
        await navigate(`/apps/${name}`, { state: { taskId: outcome.id } });
        return;
      }
      setRefusal({ at: JSON.stringify(values), errors: errorSchemaOf(outcome.errors, saying) });
      setReviewing(false);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };

  return (
    <>
      <PageHead title={said(offered.title)} lead={offered.description && said(offered.description)} />
      <div className={classes.columns}>
        <div>
          {refused && (
            <p className={classes.refused} role="alert">
              {t("create.refused")}
            </p>
          )}
          {problem && <Failure problem={problem} />}
          {reviewing ? (
            <Review form={form} values={values} busy={busy} onBack={() => setReviewing(false)} onSubmit={() => void submit()} />
          ) : (
            <Form
              schema={form.schema}
              uiSchema={form.uiSchema}
              validator={validator}
              widgets={widgets}
              templates={templates}
              formContext={{ sections: form.sections }}
              formData={values}
              extraErrors={refused ?? taken ?? {}}
              extraErrorsBlockSubmit={taken !== undefined}
              liveValidate="onBlur"
              showErrorList={false}
              noHtml5Validate
              focusOnFirstError
              onChange={({ formData }) => setValues((formData as Values | undefined) ?? {})}
              onSubmit={() => setReviewing(true)}
            >
              <div className={classes.actions}>
                <Button type="submit">{t("create.review")}</Button>
              </div>
            </Form>
          )}
        </div>
        <Preview name={name} platform={platform} check={check} />
      </div>
    </>
  );
}
