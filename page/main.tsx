import "uplot/dist/uPlot.min.css";
import "./page.css";
import { render } from "preact";
import { connect } from "./connection";
import { Page } from "./view/page";

render(<Page />, document.body);
connect();
