"""PPO's learner alone, in PyTorch eager: gather a minibatch, forward, loss, backward, clip, Adam.

The same work as benchmarks/learner.ts: 64 inputs, one tanh trunk of two layers, 32 logits and a value; four minibatches
of a rollout, four epochs. Prints one JSON line with samples/s by the wall clock and by processor time.
"""

import argparse
import json
import time

from one_thread import conditions, np, torch  # first: sets the threads

import torch.nn as nn
from torch.distributions.categorical import Categorical

INPUTS, ACTIONS, MINIBATCHES, EPOCHS = 64, 32, 4, 4
CLIP, ENTROPY, VALUE, MAXIMUM_NORM, RATE = 0.2, 0.01, 0.5, 0.5, 2.5e-4


def layer(inputs: int, outputs: int, gain: float) -> nn.Linear:
    made = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(made.weight, gain)
    nn.init.constant_(made.bias, 0.0)
    return made


class Agent(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            layer(INPUTS, hidden, 2**0.5), nn.Tanh(), layer(hidden, hidden, 2**0.5), nn.Tanh()
        )
        self.actor = layer(hidden, ACTIONS, 0.01)
        self.critic = layer(hidden, 1, 1.0)

    def forward(self, observation):
        features = self.trunk(observation)
        return self.actor(features), self.critic(features).view(-1)


def evaluate(logits, actions, style: str):
    """Log-probability of the actions and entropy, as CleanRL writes it or with less bookkeeping."""
    if style == "cleanrl":
        distribution = Categorical(logits=logits)
        return distribution.log_prob(actions), distribution.entropy()
    log_probabilities = torch.log_softmax(logits, 1)
    chosen = log_probabilities.gather(1, actions.unsqueeze(1)).squeeze(1)
    return chosen, -(log_probabilities.exp() * log_probabilities).sum(1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--minibatch", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--style", choices=["cleanrl", "tuned"], default="cleanrl")
    options = parser.parse_args()
    about = conditions()
    torch.manual_seed(1)
    rows = options.minibatch * MINIBATCHES
    agent = Agent(options.hidden)
    optimizer = torch.optim.Adam(agent.parameters(), lr=RATE, eps=1e-5)
    observations = torch.randn(rows, INPUTS)
    with torch.no_grad():
        logits, values = agent(observations)
        distribution = Categorical(logits=logits)
        actions = distribution.sample()
        log_probabilities = distribution.log_prob(actions)
    advantages = torch.randn(rows)
    returns = values + torch.randn(rows)
    indices = np.arange(rows)

    def update() -> None:
        for _ in range(EPOCHS):
            np.random.shuffle(indices)
            for start in range(0, rows, options.minibatch):
                chosen = indices[start : start + options.minibatch]
                logits, value = agent(observations[chosen])
                log_probability, entropy = evaluate(logits, actions[chosen], options.style)
                log_ratio = log_probability - log_probabilities[chosen]
                ratio = log_ratio.exp()
                with torch.no_grad():
                    ((ratio - 1) - log_ratio).mean()
                    ((ratio - 1.0).abs() > CLIP).float().mean()
                advantage = advantages[chosen]
                advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
                policy_loss = torch.max(
                    -advantage * ratio, -advantage * torch.clamp(ratio, 1 - CLIP, 1 + CLIP)
                ).mean()
                value_loss = 0.5 * ((value - returns[chosen]) ** 2).mean()
                loss = policy_loss - ENTROPY * entropy.mean() + VALUE * value_loss
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(agent.parameters(), MAXIMUM_NORM)
                optimizer.step()

    for _ in range(3):
        update()
    updates, began, used = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < options.seconds:
        update()
        updates += 1
    elapsed, used = time.perf_counter() - began, time.process_time() - used
    samples = updates * EPOCHS * rows
    print(json.dumps({"wall": samples / elapsed, "cpu": samples / used, "style": options.style, **about}))


main()
