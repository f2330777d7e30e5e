import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** The size of an element, as it changes; 0 before it is known. */
export function useSize<Element extends HTMLElement>(): {
  ref: RefObject<Element | null>;
  width: Signal<number>;
  height: Signal<number>;
} {
  const ref = useRef<Element>(null);
  const width = useSignal(0);
  const height = useSignal(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) {
      return undefined;
    }
    const measure = () => {
      width.value = element.clientWidth;
      height.value = element.clientHeight;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [width, height]);
  return { ref, width, height };
}
