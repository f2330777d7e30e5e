import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;

/**
 * Runs jobs as main.py does (components/consumers/analytics/application.ts), one after the other in one Flink: each
 * argument is a file of a job's JSON. Every statement that writes is planned alone first. A line says what was done; a
 * job without an end goes on until this process is ended.
 */
public class RunFlink {
  public static void main(String[] files) throws Exception {
    for (String file : files) {
      JsonNode job = new ObjectMapper().readTree(Files.readString(Path.of(file)));
      TableEnvironment environment = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
      environment.getConfig().set("parallelism.default", "1");
      job.get("settings").fields().forEachRemaining(
          (setting) -> environment.getConfig().set(setting.getKey(), setting.getValue().asText()));
      for (JsonNode statement : job.get("tables")) {
        environment.executeSql(statement.asText());
      }
      StatementSet statements = environment.createStatementSet();
      for (JsonNode statement : job.get("inserts")) {
        environment.explainSql(statement.asText());
        say("planned");
        statements.addInsertSql(statement.asText());
      }
      statements.execute().await();
      say("ran");
    }
  }

  private static void say(String what) {
    System.out.println(what);
    System.out.flush();
  }
}
