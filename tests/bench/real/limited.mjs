// One service behind one real limiter: `node limited.mjs NAME PORT`, run by tests/bench/real where the packages are.
// Ten requests in two seconds where a limiter counts, one each 0.2 s where it has a rate.

const [name, port] = process.argv.slice(2);
const host = "127.0.0.1";
const LIMIT = 10;
const WINDOW = 2000;

const get = async (module) => {
  const found = await import(module);
  return found.default ?? found;
};

async function express(...layers) {
  const app = (await get("express"))();
  layers.forEach((layer) => app.use(layer));
  app.get("/", (_, answer) => answer.send("served"));
  app.use((error, _request, answer, _next) => answer.status(error.status ?? 500).send(error.message));
  app.listen(Number(port), host);
}

async function expressRateLimit(options) {
  const { rateLimit } = await import("express-rate-limit");
  return rateLimit({ windowMs: WINDOW, limit: LIMIT, validate: false, ...options });
}

// A limiter of rate-limiter-flexible before a page, as its manual has it: Retry-After and X-RateLimit-* by hand.
async function flexible(make, headers = true) {
  const limiter = make(await get("rate-limiter-flexible"));
  await express((request, answer, next) =>
    limiter.consume(request.ip).then(
      () => next(),
      (refused) => {
        if (headers) answer.set("Retry-After", String(refused.msBeforeNext / 1000));
        answer.status(429).send("Too Many Requests");
      },
    ),
  );
}

async function nest(throttler) {
  await import("reflect-metadata");
  const { NestFactory, APP_GUARD } = await import("@nestjs/core");
  const { Module, Controller, Get } = await import("@nestjs/common");
  const { ThrottlerModule, ThrottlerGuard } = await import("@nestjs/throttler");
  class Root {
    served() {
      return "served";
    }
  }
  Get()(Root.prototype, "served", Object.getOwnPropertyDescriptor(Root.prototype, "served"));
  Controller()(Root);
  class App {}
  Module({
    imports: [ThrottlerModule.forRoot([{ ttl: WINDOW, limit: LIMIT, ...throttler }])],
    controllers: [Root],
    providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
  })(App);
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(Number(port), host);
}

async function fastify(options) {
  const app = (await get("fastify"))();
  await app.register(await get("@fastify/rate-limit"), { max: LIMIT, timeWindow: WINDOW, ...options });
  app.get("/", async () => "served");
  await app.listen({ port: Number(port), host });
}

async function hono(options) {
  const { Hono } = await import("hono");
  const { serve } = await import("@hono/node-server");
  const { rateLimiter } = await import("hono-rate-limiter");
  const app = new Hono();
  app.use(rateLimiter({ windowMs: WINDOW, limit: LIMIT, keyGenerator: () => "all", ...options }));
  app.get("/", (context) => context.text("served"));
  serve({ fetch: app.fetch, port: Number(port), hostname: host });
}

async function koa(layer) {
  const app = new (await get("koa"))();
  app.use(layer);
  app.use((context) => {
    context.body = "served";
  });
  app.listen(Number(port), host);
}

async function bottleneck(options) {
  const Bottleneck = await get("bottleneck");
  const limiter = new Bottleneck({ highWater: 0, strategy: Bottleneck.strategy.OVERFLOW, ...options });
  await express((_request, answer, next) =>
    limiter.schedule(async () => next()).catch(() => answer.status(429).send("Too Many Requests")),
  );
}

const servers = {
  "express-rate-limit, legacy headers": async () => express(await expressRateLimit({})),
  "express-rate-limit, draft 6": async () =>
    express(await expressRateLimit({ legacyHeaders: false, standardHeaders: "draft-6" })),
  "express-rate-limit, draft 7": async () =>
    express(await expressRateLimit({ legacyHeaders: false, standardHeaders: "draft-7" })),
  "express-rate-limit, draft 8": async () =>
    express(await expressRateLimit({ legacyHeaders: false, standardHeaders: "draft-8" })),
  "express-rate-limit, no headers": async () =>
    express(await expressRateLimit({ legacyHeaders: false, standardHeaders: false })),
  "express-rate-limit, failed free": async () =>
    express(await expressRateLimit({ legacyHeaders: false, standardHeaders: false, skipFailedRequests: true })),
  "express-slow-down and a limit": async () => {
    const { slowDown } = await import("express-slow-down");
    await express(
      slowDown({ windowMs: WINDOW, delayAfter: 5, delayMs: (used) => (used - 5) * 20, validate: false }),
      await expressRateLimit({}),
    );
  },
  "rate-limiter-flexible, memory": () =>
    flexible(({ RateLimiterMemory }) => new RateLimiterMemory({ points: LIMIT, duration: WINDOW / 1000 })),
  "rate-limiter-flexible, no headers": () =>
    flexible(({ RateLimiterMemory }) => new RateLimiterMemory({ points: LIMIT, duration: WINDOW / 1000 }), false),
  "rate-limiter-flexible, block": () =>
    flexible(
      ({ RateLimiterMemory }) => new RateLimiterMemory({ points: LIMIT, duration: WINDOW / 1000, blockDuration: 6 }),
    ),
  "rate-limiter-flexible, block, no headers": () =>
    flexible(
      ({ RateLimiterMemory }) => new RateLimiterMemory({ points: LIMIT, duration: WINDOW / 1000, blockDuration: 6 }),
      false,
    ),
  "rate-limiter-flexible, burst": () =>
    flexible(
      ({ RateLimiterMemory, BurstyRateLimiter }) =>
        new BurstyRateLimiter(
          new RateLimiterMemory({ points: 5, duration: 1 }),
          new RateLimiterMemory({ keyPrefix: "burst", points: 5, duration: 4 }),
        ),
      false,
    ),
  "@fastify/rate-limit": () => fastify({}),
  "@fastify/rate-limit, continueExceeding": () => fastify({ continueExceeding: true }),
  "@fastify/rate-limit, ban": () => fastify({ ban: 3 }),
  "hono-rate-limiter": () => hono({}),
  "hono-rate-limiter, draft 7": () => hono({ standardHeaders: "draft-7" }),
  "koa-ratelimit": async () =>
    koa(
      (await get("koa-ratelimit"))({ driver: "memory", db: new Map(), duration: WINDOW, max: LIMIT, id: () => "all" }),
    ),
  "koa2-ratelimit": async () =>
    koa((await get("koa2-ratelimit")).RateLimit.middleware({ interval: WINDOW, max: LIMIT, delayAfter: 0 })),
  "@nestjs/throttler": () => nest({}),
  "@nestjs/throttler, block of 6 s": () => nest({ blockDuration: 6000 }),
  "bottleneck, reservoir": () =>
    bottleneck({ reservoir: LIMIT, reservoirRefreshAmount: LIMIT, reservoirRefreshInterval: WINDOW }),
  "bottleneck, minTime": () => bottleneck({ minTime: 200 }),
  "limiter": async () => {
    const { RateLimiter } = await import("limiter");
    const limiter = new RateLimiter({ tokensPerInterval: LIMIT, interval: WINDOW, fireImmediately: true });
    await express((_request, answer, next) =>
      limiter.tryRemoveTokens(1) ? next() : answer.status(429).send("Too Many Requests"),
    );
  },
  "express-throttle": async () => express((await get("express-throttle"))({ rate: "5/s", burst: 8 })),
  "express-brute": async () => {
    const Brute = await get("express-brute");
    const brute = new Brute(new Brute.MemoryStore(), {
      freeRetries: 5,
      minWait: 200,
      maxWait: 200,
      lifetime: 60,
      refreshTimeoutOnRequest: true,
    });
    await express(brute.prevent);
  },
  "hapi-rate-limit": async () => {
    const server = (await get("@hapi/hapi")).server({ port: Number(port), host });
    await server.register({
      plugin: await get("hapi-rate-limit"),
      options: { userLimit: LIMIT, userCache: { expiresIn: WINDOW }, pathLimit: false, authLimit: false },
    });
    server.route({ method: "GET", path: "/", handler: () => "served" });
    await server.start();
  },
  "restify": async () => {
    const found = await get("restify");
    const server = found.createServer();
    server.use(found.plugins.throttle({ rate: 5, burst: 8, ip: true }));
    server.get("/", (_request, answer, next) => {
      answer.send("served");
      return next();
    });
    server.listen(Number(port), host);
  },
};

await servers[name]();
