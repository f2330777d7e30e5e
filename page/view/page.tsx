import { connection, pipeline } from "../store";
import { Announcer } from "./announcer";
import { Charts } from "./charts";
import { EventDetails } from "./eventDetails";
import { EventList } from "./eventList";
import { EventTools } from "./eventTools";
import { Header } from "./header";
import { Notices } from "./notices";
import { Pipeline } from "./pipeline";
import { Tables } from "./tables";

/** The whole page. */
export function Page() {
  const view = pipeline.value;
  return (
    <>
      <a class="skip" href="#events">
        Skip to the events
      </a>
      <Header />
      <main aria-busy={view === undefined}>
        <Notices />
        {view === undefined ? (
          connection.value === "connecting" && <p class="empty">Connecting …</p>
        ) : (
          <>
            <Pipeline view={view} />
            <div class="columns">
              <div class="aside">
                <Charts />
                <Tables view={view} />
              </div>
              <section id="events" class="card events" aria-labelledby="events-title" tabIndex={-1}>
                <EventTools view={view} />
                <EventList />
                <EventDetails />
              </section>
            </div>
          </>
        )}
      </main>
      <Announcer />
    </>
  );
}
