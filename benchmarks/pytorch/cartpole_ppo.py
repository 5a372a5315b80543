"""PPO on CartPole-v1 end to end, as CleanRL has it: PyTorch eager, a NumPy vector environment, one thread.

8 environments x 128 steps, separate 64-64 tanh networks, 4 epochs x 4 minibatches. Prints one JSON line with steps/s
and the mean return of the last 100 training episodes.
"""

import argparse
import json
import time

from one_thread import conditions, np, torch  # first: sets the threads

import torch.nn as nn
from torch.distributions.categorical import Categorical

ENVIRONMENTS, STEPS, EPOCHS, MINIBATCHES = 8, 128, 4, 4
DISCOUNT, LAMBDA, CLIP, ENTROPY, VALUE, MAXIMUM_NORM, RATE = 0.99, 0.95, 0.2, 0.01, 0.5, 0.5, 2.5e-4


class CartPole:
    """Gymnasium's CartPole-v1 for all environments at once, reset in the same step."""

    def __init__(self, count: int, generator: np.random.Generator) -> None:
        self.generator = generator
        self.state = generator.uniform(-0.05, 0.05, (count, 4))
        self.elapsed = np.zeros(count, dtype=np.int64)
        self.returns: list[int] = []

    def step(self, action):
        x, x_dot, theta, theta_dot = self.state.T
        force = np.where(action == 1, 10.0, -10.0)
        cosine, sine = np.cos(theta), np.sin(theta)
        temporary = (force + 0.05 * theta_dot**2 * sine) / 1.1
        theta_acceleration = (9.8 * sine - cosine * temporary) / (0.5 * (4.0 / 3.0 - 0.1 * cosine**2 / 1.1))
        x_acceleration = temporary - 0.05 * theta_acceleration * cosine / 1.1
        self.state = np.stack(
            [
                x + 0.02 * x_dot,
                x_dot + 0.02 * x_acceleration,
                theta + 0.02 * theta_dot,
                theta_dot + 0.02 * theta_acceleration,
            ],
            axis=1,
        )
        self.elapsed += 1
        fallen = (np.abs(self.state[:, 0]) > 2.4) | (np.abs(self.state[:, 2]) > 12 * 2 * np.pi / 360)
        done = fallen | (self.elapsed >= 500)
        if done.any():
            ended = np.flatnonzero(done)
            self.returns.extend(self.elapsed[ended].tolist())
            self.state[ended] = self.generator.uniform(-0.05, 0.05, (len(ended), 4))
            self.elapsed[ended] = 0
        return self.state, done


def layer(inputs: int, outputs: int, gain: float = 2**0.5) -> nn.Linear:
    made = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(made.weight, gain)
    nn.init.constant_(made.bias, 0.0)
    return made


class Agent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.critic = nn.Sequential(layer(4, 64), nn.Tanh(), layer(64, 64), nn.Tanh(), layer(64, 1, 1.0))
        self.actor = nn.Sequential(layer(4, 64), nn.Tanh(), layer(64, 64), nn.Tanh(), layer(64, 2, 0.01))

    def act(self, observation, action=None):
        distribution = Categorical(logits=self.actor(observation))
        if action is None:
            action = distribution.sample()
        return action, distribution.log_prob(action), distribution.entropy(), self.critic(observation)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=500_000, help="length of the linear schedule")
    parser.add_argument("--measure", type=int, default=20_480, help="environment steps that are timed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    about = conditions()
    torch.manual_seed(options.seed)
    np.random.seed(options.seed)
    world = CartPole(ENVIRONMENTS, np.random.default_rng(options.seed))
    agent = Agent()
    optimizer = torch.optim.Adam(agent.parameters(), lr=RATE, eps=1e-5)
    batch = ENVIRONMENTS * STEPS
    minibatch = batch // MINIBATCHES
    observations = torch.zeros((STEPS, ENVIRONMENTS, 4))
    actions = torch.zeros((STEPS, ENVIRONMENTS))
    log_probabilities = torch.zeros((STEPS, ENVIRONMENTS))
    rewards = torch.zeros((STEPS, ENVIRONMENTS))
    dones = torch.zeros((STEPS, ENVIRONMENTS))
    values = torch.zeros((STEPS, ENVIRONMENTS))
    following = torch.Tensor(world.state)
    following_done = torch.zeros(ENVIRONMENTS)
    iterations = options.steps // batch

    def iterate(iteration: int) -> None:
        nonlocal following, following_done
        optimizer.param_groups[0]["lr"] = (1.0 - (iteration - 1.0) / iterations) * RATE
        for step in range(STEPS):
            observations[step] = following
            dones[step] = following_done
            with torch.no_grad():
                action, log_probability, _, value = agent.act(following)
                values[step] = value.flatten()
            actions[step] = action
            log_probabilities[step] = log_probability
            state, done = world.step(action.numpy())
            rewards[step] = 1.0
            following, following_done = torch.Tensor(state), torch.Tensor(done)
        with torch.no_grad():
            following_value = agent.critic(following).reshape(1, -1)
            advantages = torch.zeros_like(rewards)
            last = 0
            for t in reversed(range(STEPS)):
                if t == STEPS - 1:
                    alive, next_value = 1.0 - following_done, following_value
                else:
                    alive, next_value = 1.0 - dones[t + 1], values[t + 1]
                delta = rewards[t] + DISCOUNT * next_value * alive - values[t]
                advantages[t] = last = delta + DISCOUNT * LAMBDA * alive * last
            returns = advantages + values
        flat_observations = observations.reshape((-1, 4))
        flat_actions = actions.reshape(-1)
        flat_log_probabilities = log_probabilities.reshape(-1)
        flat_advantages = advantages.reshape(-1)
        flat_returns = returns.reshape(-1)
        flat_values = values.reshape(-1)
        indices = np.arange(batch)
        clip_fractions = []
        for _ in range(EPOCHS):
            np.random.shuffle(indices)
            for start in range(0, batch, minibatch):
                chosen = indices[start : start + minibatch]
                _, log_probability, entropy, value = agent.act(
                    flat_observations[chosen], flat_actions.long()[chosen]
                )
                log_ratio = log_probability - flat_log_probabilities[chosen]
                ratio = log_ratio.exp()
                with torch.no_grad():
                    (-log_ratio).mean()
                    ((ratio - 1) - log_ratio).mean()
                    clip_fractions.append(((ratio - 1.0).abs() > CLIP).float().mean().item())
                advantage = flat_advantages[chosen]
                advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
                policy_loss = torch.max(
                    -advantage * ratio, -advantage * torch.clamp(ratio, 1 - CLIP, 1 + CLIP)
                ).mean()
                value = value.view(-1)
                unclipped = (value - flat_returns[chosen]) ** 2
                near = flat_values[chosen] + torch.clamp(value - flat_values[chosen], -CLIP, CLIP)
                value_loss = 0.5 * torch.max(unclipped, (near - flat_returns[chosen]) ** 2).mean()
                loss = policy_loss - ENTROPY * entropy.mean() + VALUE * value_loss
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(agent.parameters(), MAXIMUM_NORM)
                optimizer.step()

    iteration = 1
    iterate(iteration)
    began, used, measured = time.perf_counter(), time.process_time(), 0
    while measured < options.measure and iteration < iterations:
        iteration += 1
        iterate(iteration)
        measured += batch
    elapsed, used = time.perf_counter() - began, time.process_time() - used
    last = world.returns[-100:]
    print(
        json.dumps(
            {
                "wall": measured / elapsed,
                "cpu": measured / used,
                "lastReturns": sum(last) / max(1, len(last)),
                "iterations": iteration,
                **about,
            }
        )
    )


main()
