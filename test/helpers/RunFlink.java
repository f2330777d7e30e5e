import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;

/**
 * Runs jobs as main.py does (components/consumers/analytics/application.ts), one after the other in one Flink: each
 * argument is a file of a job's JSON. Flink plans all statements that write as one; where it refuses, it plans each alone,
 * so that the one at fault is named. A line says that a job ran; one without an end goes on until this process is ended.
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
        statements.addInsertSql(statement.asText());
      }
      try {
        statements.execute().await();
      } catch (Exception refused) {
        for (JsonNode statement : job.get("inserts")) {
          planAlone(environment, statement.asText());
        }
        throw refused;
      }
      System.out.println("ran");
      System.out.flush();
    }
  }

  private static void planAlone(TableEnvironment environment, String statement) {
    try {
      environment.explainSql(statement);
    } catch (Exception refused) {
      throw new IllegalArgumentException("Flink does not plan " + statement, refused);
    }
  }
}
