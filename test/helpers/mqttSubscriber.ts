import { connectAsync, type MqttClient } from "mqtt";

/** A message as a device gets it. */
export interface DeviceMessage {
  topic: string;
  payload: string;
}

/** A device that hears what is published in the sandbox's IoT Core, by MQTT over WebSocket. */
export class MqttSubscriber {
  /** Everything that came so far, in the order in which it came. */
  readonly messages: DeviceMessage[] = [];

  private constructor(private readonly client: MqttClient) {
    client.on("message", (topic, payload) => {
      this.messages.push({ topic, payload: payload.toString() });
    });
  }

  /**
   * @param endpoint MiniStack's; its broker is told from its other services by the host that is asked for
   * @param filter which topics, e.g. `rowstream/#`
   */
  static async subscribe(endpoint: string, region: string, filter: string): Promise<MqttSubscriber> {
    const { host } = new URL(endpoint);
    const client = await connectAsync(`ws://${host}/mqtt`, {
      wsOptions: { headers: { host: `device.iot.${region}.${host}` } },
      reconnectPeriod: 0,
    });
    const subscriber = new MqttSubscriber(client);
    await client.subscribeAsync(filter, { qos: 1 });
    return subscriber;
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true);
  }
}
