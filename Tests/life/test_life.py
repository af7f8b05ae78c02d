"""A random life of a whole site, after which an accounting of its own has to agree."""


def test_after_a_random_life_everything_agrees(world, life_seconds):
    world.live(life_seconds)
    wrong = world.come_to_rest()
    print("\n".join(f"{what}: {count}" for what, count in sorted(world.counts.items())))
    print(f"orders: {len(world.orders)}")
    assert not wrong, "\n".join(wrong)
    world.site.assert_ledger_holds()
    assert world.undecided() == []
    assert world.open_suspense() == []
