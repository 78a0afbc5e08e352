import { MantineProvider } from "@mantine/core";
import { lazy, Suspense, type ReactNode } from "react";
import { createBrowserRouter, RouterProvider } from "react-router";
import { PageSkeleton } from "./components/PageSkeleton";
import { FormSkeleton } from "./form/FormSkeleton";
import { Gallery } from "./gallery/Gallery";
import { I18n } from "./i18n/I18n";
import { applicationRoutes } from "./application/routes";
import { Application } from "./pages/Application";
import { CatalogPage } from "./catalog/CatalogPage";
import { Home } from "./pages/Home";
import { NotFound } from "./pages/NotFound";
import { PlatformPage } from "./platform/PlatformPage";
import { TaskPage } from "./tasks/TaskPage";
import { TasksPage } from "./tasks/TasksPage";
import { Crash } from "./shell/Crash";
import { Gate } from "./shell/Gate";
import { theme, variables } from "./theme";

// The form's library is large and only this page needs it.
const CreateForm = lazy(() => import("./pages/CreateForm"));

const AccountPage = lazy(() => import("./account/AccountPage"));
const DevicePage = lazy(() => import("./account/DevicePage"));
const TemplatesPage = lazy(() => import("./authoring/TemplatesPage"));
const TemplateEditor = lazy(() => import("./authoring/TemplateEditor"));
const ActionsPage = lazy(() => import("./authoring/ActionsPage"));
const Help = lazy(() => import("./pages/Help"));
// The viewer of the API's description is larger than all the rest.
const ApiPage = lazy(() => import("./pages/ApiPage"));
const AuditPage = lazy(() => import("./platform/AuditPage"));
const EntityPage = lazy(() => import("./catalog/EntityPage"));

/** later is a page that is fetched when it is opened, with its shape meanwhile. */
function later(page: ReactNode, shape: ReactNode = <PageSkeleton />): ReactNode {
  return <Suspense fallback={shape}>{page}</Suspense>;
}

const router = createBrowserRouter([
  {
    element: <Gate />,
    errorElement: <Crash />,
    children: [
      { index: true, element: <Home /> },
      { path: "create", element: <Gallery /> },
      { path: "create/:template", element: later(<CreateForm />, <FormSkeleton />) },
      { path: "create/:namespace/:template", element: later(<CreateForm />, <FormSkeleton />) },
      { path: "tasks", element: <TasksPage /> },
      { path: "tasks/:id", element: <TaskPage /> },
      { path: "apps/:name", element: <Application />, children: applicationRoutes },
      { path: "catalog", element: <CatalogPage /> },
      { path: "catalog/:namespace/:kind/:name", element: later(<EntityPage />) },
      { path: "platform", element: <PlatformPage /> },
      { path: "platform/audit", element: later(<AuditPage />) },
      { path: "account", element: later(<AccountPage />) },
      { path: "device", element: later(<DevicePage />) },
      { path: "templates", element: later(<TemplatesPage />) },
      { path: "templates/edit", element: later(<TemplateEditor />) },
      { path: "templates/actions", element: later(<ActionsPage />) },
      { path: "help", element: later(<Help />) },
      { path: "help/api", element: later(<ApiPage />) },
      { path: "*", element: <NotFound /> },
    ],
  },
]);

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <I18n>
        <RouterProvider router={router} />
      </I18n>
    </MantineProvider>
  );
}
