import { Link } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { App } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { editorAt, placesOf } from "./places";
import classes from "./Settings.module.css";

/** Places leads from each setting to the file that holds it. */
export function Places({ app }: { app: App }) {
  const { t } = useWords();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/files", { params: { path: { name: app.name } } })), [app.name, app.delivery?.revision]);
  if (problem && !data) return <Failure problem={problem} again={again} />;
  if (!data) return <RowsSkeleton rows={8} />;
  return (
    <ul className={classes.places}>
      {placesOf(data.files).map((place) => (
        <li key={place.label}>
          <Link to={editorAt(app.name, place)}>
            <span>{t(place.label)}</span>
            <code>{place.path}</code>
          </Link>
        </li>
      ))}
    </ul>
  );
}
