"""Many calls of one function, in other processes."""

import pytest
from tasks import die, die_once, note, refuse, square

from dcrviz.sweep import Lost, spread


def test_every_task_comes_back_with_its_result():
    assert dict(spread(square, [3, 1, 2], workers=2)) == {1: 1, 2: 4, 3: 9}


def test_no_tasks_are_done_at_once():
    assert list(spread(square, [], workers=2)) == []


def test_an_error_of_a_task_is_the_caller_s():
    with pytest.raises(ValueError, match="7 is refused"):
        list(spread(refuse, [7], workers=1))


def test_what_a_dead_worker_had_at_hand_is_done_again(tmp_path, caplog):
    tasks = [(str(tmp_path), number) for number in range(5)]
    found = {task[1]: result for task, result in spread(die_once, tasks, workers=2)}
    assert found == {number: number for number in range(5)}
    assert (tmp_path / "died_2").exists()
    assert "a worker died" in caplog.text


def test_workers_that_die_again_and_again_are_an_end():
    with pytest.raises(Lost, match="workers died 3 times; 1 of 1 tasks are not done"):
        list(spread(die, [1], workers=1))


def test_who_goes_no_further_leaves_the_rest_undone(tmp_path):
    tasks = [(str(tmp_path), number) for number in range(20)]
    found = spread(note, tasks, workers=1)
    next(found)
    found.close()
    assert len(list(tmp_path.glob("ran_*"))) < 6


@pytest.mark.usefixtures("impatient")
def test_a_scheduler_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"tcp://127\.0\.0\.1:9: must be the address of a Dask"):
        spread(square, [1], scheduler="tcp://127.0.0.1:9")
