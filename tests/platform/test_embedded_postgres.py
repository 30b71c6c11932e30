"""The embedded PostgreSQL server, as it is started, shared, killed and left."""

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from qftapp.embedded_postgres import Server, ServerError


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path / "postgres")


def connect(server: Server) -> psycopg.Connection:
    place = server.django_settings()
    return psycopg.connect(
        dbname=place["NAME"], user=place["USER"], host=place["HOST"], port=place["PORT"], autocommit=True
    )


def postmaster(server: Server) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))


def is_running(server: Server) -> bool:
    return bool(server.processes())


def use_and_count(home: Path, barrier: multiprocessing.Barrier, answers: multiprocessing.Queue) -> None:
    server = Server(home)
    barrier.wait()
    with server.use(), connect(server) as connection:
        answers.put(connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()[0])
        barrier.wait()


def test_server_runs_only_while_somebody_uses_it(server):
    with server.use():
        assert is_running(server)
    assert not is_running(server)


def test_server_listens_on_no_tcp_port(server):
    with server.use(), connect(server) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert postmaster(server).net_connections("inet") == []


def test_server_stays_until_the_last_user_leaves(server):
    with server.use():
        with Server(server.home).use():
            pass
        with connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not is_running(server)


def test_two_processes_that_start_together_share_one_server(server):
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(2), context.Queue()
    starters = [context.Process(target=use_and_count, args=(server.home, barrier, answers)) for _ in range(2)]
    for starter in starters:
        starter.start()
    start_times = {answers.get(timeout=60) for _ in starters}
    for starter in starters:
        starter.join()

    assert len(start_times) == 1
    assert not is_running(server)


def test_acknowledged_rows_survive_the_kill_of_the_server(server):
    with server.use():
        with connect(server) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        postmaster(server).kill()
        with Server(server.home).use(), connect(server) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_server_of_a_killed_user_is_taken_over_and_stopped_at_last(server):
    script = "import sys, time; from pathlib import Path; from qftapp.embedded_postgres import Server\n"
    script += "with Server(Path(sys.argv[1])).use(): print('up', flush=True); time.sleep(600)"
    user = subprocess.Popen([sys.executable, "-c", script, str(server.home)], stdout=subprocess.PIPE, text=True)
    assert user.stdout.readline() == "up\n"
    user.send_signal(signal.SIGKILL)
    user.communicate()
    survivor = postmaster(server).pid

    with server.use():
        assert postmaster(server).pid == survivor
    assert not is_running(server)


def test_pid_file_that_names_a_foreign_process_does_not_keep_the_server_from_starting(server):
    with server.use():
        pid_file = (server.data / "postmaster.pid").read_text()
        postmaster(server).kill()
        psutil.wait_procs(server.processes())
        (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *pid_file.splitlines()[1:]]))
        with Server(server.home).use(), connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_interrupted_creation_is_begun_anew(server):
    (server.home / "data.new" / "base").mkdir(parents=True)
    with server.use(), connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_path_too_long_for_a_socket_gets_a_short_private_directory(tmp_path):
    server = Server(tmp_path / ("long" * 30) / "postgres")
    with server.use(), connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert server.socket_directory.stat().st_mode & 0o777 == 0o700
    server.socket_directory.rmdir()


def test_parent_directories_keep_their_permissions(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with Server(private / "postgres").use():
        assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make directories of other users")
def test_directory_of_another_user_is_refused(server):
    server.home.mkdir()
    os.chown(server.home, 1234, 1234)
    with pytest.raises(ServerError, match="belongs to another user"), server.use():
        pass
